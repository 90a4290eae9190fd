// Finds loopback ports for servers that may be restarted on them while other clusters start and stop around them.
//
// A port from the kernel (`listen(0)`) would not do: it lies in the ephemeral range, where any client's outgoing
// connection may take it while the server is down. So clusters take blocks below that range. The first port of a
// block is never given to a server: we listen on it ourselves for as long as the block is ours, which keeps other
// clusters of this project out of the block, and the kernel frees it even when we are killed.
import { createServer, type Server } from 'node:net'
import { ClusterError } from './cluster-error.js'

const FIRST_PORT = 11_000
/** Linux gives outgoing connections ports from 32768 on. */
const LAST_PORT = 32_000
const PORTS_PER_BLOCK = 20
const BLOCK_ATTEMPTS_MAX = 200

/** A block of ports that no other cluster takes until `release()`. */
export interface PortBlock {
  /** The next port of the block that nothing listens on; throws ClusterError when the block is used up. */
  next(): Promise<number>
  release(): Promise<void>
}

/** Reserves a block of loopback ports. */
export async function reservePorts(): Promise<PortBlock> {
  const blocks = Math.floor((LAST_PORT - FIRST_PORT) / PORTS_PER_BLOCK)
  for (let attempt = 0; attempt < BLOCK_ATTEMPTS_MAX; attempt++) {
    const first = FIRST_PORT + Math.floor(Math.random() * blocks) * PORTS_PER_BLOCK
    const guard = await listen(first)
    if (guard !== undefined) return portBlock(first, guard)
  }
  throw new ClusterError(`no free block of ports between ${FIRST_PORT} and ${LAST_PORT} on 127.0.0.1`)
}

/** Whether a server can listen on the port of 127.0.0.1 now. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = await listen(port)
  if (server === undefined) return false
  await close(server)
  return true
}

function portBlock(first: number, guard: Server): PortBlock {
  let last = first
  guard.unref()
  return {
    async next() {
      while (last + 1 < first + PORTS_PER_BLOCK) {
        last += 1
        if (await isPortFree(last)) return last
      }
      throw new ClusterError(`a cluster needs more than the ${PORTS_PER_BLOCK - 1} ports of its block`)
    },
    release: () => close(guard),
  }
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
