// What would a client reach that had nothing to do? One block of packets that are ready, checksums and all, sent over the adapter's own
// pipeline with its limit on what is unacknowledged. What is left is the sockets, the datanode and the machine.
import { openNewBlock } from '../../src/file-system/hdfs/datatransfer/block-setup.js'
import { headOfPacket, PACKET_BYTES } from '../../src/file-system/hdfs/datatransfer/packet.js'
import { closeFile } from '../../src/file-system/hdfs/lease/close-file.js'
import { CREATE_FLAG, createFile } from '../../src/file-system/hdfs/messages/writing-methods.js'
import type { Session } from '../../src/file-system/hdfs/session.js'

const NOTHING = new Uint8Array(0)
/** Where a packet's head has its place in the block and its number. */
const OFFSET_AT = 7
const SEQNO_AT = 16

/** Writes so many packets of zeros to a new file and closes it. */
export async function writePreparedPackets(session: Session, src: string, packets: number): Promise<void> {
  const { clientName, calls, options } = session
  const attempt = { operation: 'create', path: src } as const
  const blockSizeBytes = packets * PACKET_BYTES
  const request = {
    src,
    masked: { perm: 0o644 },
    clientName,
    createFlag: CREATE_FLAG.create,
    createParent: false,
    replication: 1,
    blockSize: blockSizeBytes,
    cryptoProtocolVersion: [],
  }
  const { fs } = await calls.call(createFile, request, attempt)
  const file = { src, fileId: fs!.fileId!, blockSizeBytes, attempt }
  let acknowledged = 0
  let wake = (_error?: Error): void => {}
  const { block, pipeline } = await openNewBlock(session, file, undefined, {
    acknowledged: () => {
      acknowledged += 1
      wake()
    },
    failed: (failure) => wake(failure),
  })
  const until = async (isEnough: () => boolean): Promise<void> => {
    while (!isEnough()) {
      await new Promise<void>((resolve, reject) => {
        wake = (error) => (error === undefined ? resolve() : reject(error))
      })
    }
  }
  const data = new Uint8Array(PACKET_BYTES)
  const ready = headOfPacket({ offsetInBlock: 0, seqno: 0, isLast: false, isSynced: false }, data)
  const packetsMax = options.unackedBytesMax / PACKET_BYTES
  for (let seqno = 0; seqno < packets; seqno += 1) {
    const offsetInBlock = seqno * PACKET_BYTES
    const head = Buffer.from(ready)
    head.writeBigInt64LE(BigInt(offsetInBlock), OFFSET_AT)
    head.writeBigInt64LE(BigInt(seqno), SEQNO_AT)
    pipeline.send({ seqno, offsetInBlock, isLast: false, head, data })
    if (seqno - acknowledged >= packetsMax) await until(() => seqno - acknowledged <= packetsMax / 2)
  }
  const head = headOfPacket({ offsetInBlock: blockSizeBytes, seqno: packets, isLast: true, isSynced: false }, NOTHING)
  pipeline.send({ seqno: packets, offsetInBlock: blockSizeBytes, isLast: true, head, data: NOTHING })
  await until(() => acknowledged > packets)
  await closeFile(session, file, { ...block, numBytes: blockSizeBytes })
}
