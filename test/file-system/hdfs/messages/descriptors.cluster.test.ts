// Every message, number, label and kind of field that we use is what Hadoop's own classes say it is, in each version.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import * as blocks from '../../../../src/file-system/hdfs/messages/block-messages.js'
import * as transfer from '../../../../src/file-system/hdfs/messages/data-transfer-messages.js'
import * as files from '../../../../src/file-system/hdfs/messages/file-messages.js'
import * as namespace from '../../../../src/file-system/hdfs/messages/namespace-methods.js'
import * as rpc from '../../../../src/file-system/hdfs/messages/rpc-messages.js'
import * as writing from '../../../../src/file-system/hdfs/messages/writing-methods.js'
import type { MessageType } from '../../../../src/file-system/hdfs/protobuf/message.js'
import { hadoopJars, hadoopVersions } from '../../../cluster/hadoop.js'
import { resolveJars } from '../../../cluster/jars.js'
import { findJava } from '../../../cluster/java.js'

const CLASSES = [
  'org.apache.hadoop.ipc.protobuf.RpcHeaderProtos',
  'org.apache.hadoop.ipc.protobuf.ProtobufRpcEngine2Protos',
  'org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos',
  'org.apache.hadoop.security.proto.SecurityProtos',
  'org.apache.hadoop.hdfs.protocol.proto.AclProtos',
  'org.apache.hadoop.hdfs.protocol.proto.HdfsProtos',
  'org.apache.hadoop.hdfs.protocol.proto.ClientNamenodeProtocolProtos',
  'org.apache.hadoop.hdfs.protocol.proto.DataTransferProtos',
  'org.apache.hadoop.hdfs.protocol.proto.ClientDatanodeProtocolProtos',
]

type AnyMessage = MessageType<unknown>

/** All messages that the adapter's files export, on their own or as part of a method. */
function messagesInUse(): AnyMessage[] {
  const exported = [blocks, transfer, files, namespace, rpc, writing].flatMap(
    (file) => Object.values(file) as unknown[],
  )
  const messages = exported.flatMap((each) => {
    if (typeof each !== 'object' || each === null) return []
    if ('decode' in each) return [each as AnyMessage]
    return 'request' in each ? [each.request as AnyMessage, (each as unknown as { reply: AnyMessage }).reply] : []
  })
  expect(messages.length).toBeGreaterThan(50)
  return messages
}

/** `modification_time` → `modificationtime`: names differ in style only. */
function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

test.each(hadoopVersions)('as in Hadoop %s', { timeout: 120_000 }, async (version) => {
  const jars = await resolveJars(hadoopJars(version))
  const source = fileURLToPath(new URL('Descriptors.java', import.meta.url))
  const { stdout } = await promisify(execFile)(await findJava(), ['-cp', jars.join(':'), source, ...CLASSES], {
    maxBuffer: 2 ** 24,
  })
  const lines = new Set(
    stdout
      .trim()
      .split('\n')
      .map((line) => plain(line)),
  )
  const ours = messagesInUse().flatMap(({ typeName, fields }) =>
    Object.entries(fields).map(([name, { number, label, codec }]) => {
      const kind = codec.typeName
      return { line: plain(`${typeName} ${number} ${label} ${kind} ${name}`), typeName, number, label, name }
    }),
  )
  // What we hand on unread is a message to them.
  const known = (each: (typeof ours)[number]): boolean =>
    lines.has(each.line) ||
    (/\bbytes\b/.test(each.line) &&
      /(encryptioninfo|ecpolicy)$/.test(each.line) &&
      [...lines].some(
        (line) =>
          line.startsWith(plain(`${each.typeName} ${each.number} ${each.label} `)) &&
          line.endsWith(plain(` ${each.name}`)),
      ))
  expect(ours.filter((each) => !known(each)).map(({ line }) => line)).toEqual([])

  const { FILE_TYPE, STATUS, STAGE, CHECKSUM_TYPE, RPC_STATUS, CREATE_FLAG } = {
    ...files,
    ...transfer,
    ...rpc,
    ...writing,
  }
  for (const value of [
    `enum FileType IS_DIR ${FILE_TYPE.directory}`,
    `enum FileType IS_FILE ${FILE_TYPE.file}`,
    `enum FileType IS_SYMLINK ${FILE_TYPE.symlink}`,
    `enum Status SUCCESS ${STATUS.success}`,
    `enum Status CHECKSUM_OK ${STATUS.checksumOk}`,
    `enum BlockConstructionStage PIPELINE_SETUP_APPEND ${STAGE.setupAppend}`,
    `enum BlockConstructionStage PIPELINE_SETUP_APPEND_RECOVERY ${STAGE.setupAppendRecovery}`,
    `enum BlockConstructionStage PIPELINE_SETUP_STREAMING_RECOVERY ${STAGE.streamingRecovery}`,
    `enum BlockConstructionStage PIPELINE_CLOSE_RECOVERY ${STAGE.closeRecovery}`,
    `enum BlockConstructionStage PIPELINE_SETUP_CREATE ${STAGE.setupCreate}`,
    `enum ChecksumTypeProto CHECKSUM_NULL ${CHECKSUM_TYPE.none}`,
    `enum ChecksumTypeProto CHECKSUM_CRC32 ${CHECKSUM_TYPE.crc32}`,
    `enum ChecksumTypeProto CHECKSUM_CRC32C ${CHECKSUM_TYPE.crc32c}`,
    `enum RpcStatusProto SUCCESS ${RPC_STATUS.success}`,
    `enum RpcStatusProto ERROR ${RPC_STATUS.error}`,
    `enum RpcStatusProto FATAL ${RPC_STATUS.fatal}`,
    `enum CreateFlagProto CREATE ${CREATE_FLAG.create}`,
    `enum CreateFlagProto APPEND ${CREATE_FLAG.append}`,
  ]) {
    expect(lines, value).toContain(plain(value))
  }
})
