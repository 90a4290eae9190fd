// A server that refuses an upload answers and closes while we are still sending. Node then meets EPIPE or ECONNRESET
// on a write and destroys the socket, although the answer lies in the kernel, unread.
import type { Socket } from 'node:net'

/** Sockets from a pool come more than once. */
const prepared = new WeakSet<Socket>()

type WriteDone = (error?: Error | null) => void

/**
 * Makes the socket hold back the error of a failed write for `waitMs`, so that it goes on reading meanwhile. The writer sees
 * back-pressure; what ends the wait is the answer, the end of the connection, or the time.
 */
export function holdBackWriteErrors(socket: Socket, waitMs: number): void {
  if (prepared.has(socket)) return
  prepared.add(socket)
  const hold = (done: WriteDone): WriteDone => {
    return (error) => {
      if (error === undefined || error === null || socket.destroyed || socket.readableEnded) return done(error)
      const release = (): void => {
        clearTimeout(timer)
        socket.off('close', release)
        socket.off('end', release)
        done(error)
      }
      const timer = setTimeout(release, waitMs)
      socket.once('close', release)
      socket.once('end', release)
    }
  }
  const write = socket._write.bind(socket)
  socket._write = (chunk, encoding, done) => write(chunk, encoding, hold(done))
  const writev = socket._writev?.bind(socket)
  if (writev !== undefined) socket._writev = (chunks, done) => writev(chunks, hold(done))
}
