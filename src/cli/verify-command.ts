// `verify`: the log against the files, the ids in the lines against the committed ranges.
import { verify } from '../inspect/verify.js'
import { type ConnectFlags, connect } from './connect.js'
import { exitCodes } from './exit-code.js'
import { toJson } from './json.js'
import { bytesText, counted } from './table.js'

/** Flags of `verify`. */
export interface VerifyFlags extends ConnectFlags {
  readonly json?: true
  readonly lengthsOnly?: true
  readonly idField?: string
  readonly acceptFilesWithoutIds?: true
}

/** Verifies a location; answers exit code 3 where something is wrong with it. */
export async function verifyCommand(location: string, flags: VerifyFlags): Promise<number> {
  await using fileSystem = await connect(location, flags)
  const showsProgress = process.stderr.isTTY && !flags.json
  const report = await verify(fileSystem, {
    depth: flags.lengthsOnly ? 'lengths' : 'ids',
    filesWithoutIds: flags.acceptFilesWithoutIds ? 'accept' : 'compare',
    ...(flags.idField === undefined ? {} : { idField: flags.idField }),
    onFinding: ({ kind, message }) => {
      if (!flags.json) console.log(`${kind}: ${message}`)
    },
    onProgress: ({ files, filesInAll, bytes, bytesInAll }) => {
      if (showsProgress)
        process.stderr.write(`\r\x1b[K${files}/${filesInAll} files, ${bytesText(bytes)} of ${bytesText(bytesInAll)}`)
    },
  })
  if (showsProgress) process.stderr.write('\r\x1b[K')
  if (flags.json) console.log(toJson(report, 2))
  else {
    const ids =
      report.filesWithoutIds === 0 ? '' : ` (${report.filesWithoutIds} without ids: only their lines were counted)`
    const uncommitted =
      report.uncommittedBytes === 0 ? '' : `; ${bytesText(report.uncommittedBytes)} of running attempts behind them`
    console.log(
      `${report.findings.length === 0 ? 'as the log says' : counted(report.findings.length, 'finding')}: ${counted(report.files, 'file')}${ids}, ${counted(report.lines, 'line')}, ${bytesText(report.bytes)}${uncommitted}`,
    )
    if (report.movedMeanwhile)
      console.log('a writer went on meanwhile: verify again when it rests before you act on a finding')
  }
  return report.findings.length === 0 ? exitCodes.done : exitCodes.findings
}
