// Mutants of the rules about uploads that stay open between commits.
import type { Mutant } from './mutant.js'

const streaming = {
  in: 'random runs',
  runsMax: 300,
  options: {
    workload: { mode: 'append', streamThresholdBytes: 1, recordsPerFileMax: 1_000, bufferedBytesMax: 2 ** 20, keys: 2 },
  },
} as const

/**
 * By docs/protocol.md, "A commit, step by step". A release after an upload was given up is not among them: abort() has fenced its file by
 * then, so the simulation cannot show a difference.
 */
export const uploadMutants: readonly Mutant[] = [
  {
    name: 'an open upload begins while the commit in hand writes to the same file',
    rule: 'nothing is uploaded to a file that the commit writes to',
    file: 'engine/intake.ts',
    find: 'return this.before?.currentFile(file.stream, file.directory)?.before.serial === file.before.serial',
    replace: 'return this.before === undefined && file.length < 0',
    hunt: streaming,
  },
  {
    name: 'an open upload that failed is ignored',
    rule: 'when an open upload fails, its attempt is lost',
    file: 'engine/uploads.ts',
    find: 'await this.#open.end(file)\n    if (file.uploadFailure !== undefined) throw file.uploadFailure',
    replace: 'await this.#open.end(file).catch(() => undefined)',
    hunt: streaming,
  },
  {
    name: 'abort() forgets the files of open uploads',
    rule: 'it reclaims every file that was uploaded to',
    file: 'engine/open-upload.ts',
    find: 'await checkBase(this.#context, this.#epoch, target)\n',
    replace: '',
    hunt: streaming,
  },
  {
    name: 'the length of an open upload is believed',
    rule: 'the length is checked: base plus what was sent, nothing else',
    file: 'engine/open-upload.ts',
    find: 'target.checkedLength = expected\n',
    replace: 'target.checkedLength = Math.max(target.checkedLength, upload.sentBytes)\n',
    hunt: streaming,
  },
]
