// Turns what a pipeline tells into sentences; where they go is the business of whoever shows them.
import type { Logger } from '../../engine/logger.js'
import { formatIdWithTopic } from '../../model/record-id.js'
import type { PipelineEvents } from '../../pipeline/pipeline-options.js'
import { commitSentence, durationText, loggedSentence } from './sentences.js'

/** Bad records that are told of one by one; all are counted. */
const BAD_RECORDS_TOLD_MAX = 10

/** The events in words. `away` is told by the logger's warning, which has the cause. */
export function narratingEvents(
  say: (sentence: string) => void,
  options: { readonly commits: 'each' | 'none' },
): PipelineEvents {
  let badRecords = 0
  return {
    opened: ({ reason, source, sink }) => {
      if (reason === 'start') say(`reading ${source}, writing ${sink}`)
      else say('opened again; reading on from the last commit')
    },
    commit: (commit) => {
      if (options.commits === 'each') say(commitSentence(commit))
    },
    badRecord: ({ id, place, reason, outcome }) => {
      badRecords += 1
      // The error that ends the run says which and why.
      if (outcome === 'stopped') {
        say(
          `bad record${place === undefined ? '' : ` at ${place}`}; --dead-letter-directory would keep such aside and go on`,
        )
      }
      if (outcome === 'kept' && badRecords <= BAD_RECORDS_TOLD_MAX) {
        say(`bad record ${formatIdWithTopic(id)}${place === undefined ? '' : ` at ${place}`}, kept aside: ${reason}`)
      }
      if (outcome === 'kept' && badRecords === BAD_RECORDS_TOLD_MAX) say('further bad records are only counted')
    },
    back: ({ awayMs, tries }) => say(`it is back after ${durationText(awayMs)} and ${tries} tries`),
  }
}

/** Warnings and errors in words; what is for developers is left out. */
export function narratingLogger(say: (sentence: string) => void): Logger {
  return {
    debug() {},
    info() {},
    warn: (fields, message) => say(loggedSentence('warning', fields, message)),
    error: (fields, message) => say(loggedSentence('error', fields, message)),
  }
}
