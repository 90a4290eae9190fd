#!/usr/bin/env node
// The command `hdfs-multi-output`. Each subcommand is loaded when it is asked for, so that the first byte is not late.
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { runOptions } from './config/flags.js'
import { exitCodes } from './exit-code.js'
import { explainFailure } from './failure.js'
import { watchStandardOutput } from './standard-output.js'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const program = new Command('hdfs-multi-output')
  .description('Kafka, files or stdin into many HDFS files at once, one per key, every record exactly once, few files.')
  .version(version)
  .exitOverride()
  .configureHelp({ helpWidth: 100 })
  .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 verify found something.')

/** A subcommand on a location, with the flags that all of them have. */
function onLocation(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('<location>', 'file:///data/orders, ./orders, hdfs://namenode:8020/data/orders, webhdfs://…, httpfs://…')
    .option('--user <name>', 'user for simple authentication')
    .option('--doas <name>', 'user to act for')
    .option('--delegation-token <token>', 'in place of --user (without either: HADOOP_DELEGATION_TOKEN)')
}

/** Runs an action and leaves its exit code behind. */
function leaving<Arguments extends unknown[]>(action: (...given: Arguments) => Promise<number>) {
  return async (...given: Arguments): Promise<void> => {
    process.exitCode = await action(...given)
  }
}

const run = program
  .command('run')
  .description(
    'move records from Kafka, files or stdin to a location, each exactly once; goes on where the last run stopped',
  )
  .argument('[config.yaml]', 'the configuration; flags override it, and may say all of it')
for (const option of runOptions()) run.addOption(option)
run
  .option('--until-end', 'stop when what the source holds now is committed (files and stdin end by themselves)')
  .option('--print-config', 'print the configuration in force, secrets masked, and do nothing')
  .option('--json', 'for programs: one JSON object a line on standard output')
  .option('--metrics-port <n>', 'serve /metrics and /healthz on this port; 0 takes a free one')
  .option('--metrics-host <address>', 'where to listen for it (default 127.0.0.1)')
  .action(leaving(async (file, flags) => (await import('./run-command.js')).runCommand(file, flags)))

onLocation('inspect', 'say what a location holds: job, tasks, owners, offsets, files')
  .option('--files', 'list the data files too')
  .option('--json', 'for programs')
  .action(leaving(async (location, flags) => (await import('./inspect-command.js')).inspectCommand(location, flags)))

onLocation('verify', 'compare the files with the log, and the ids in them with the committed offsets; changes nothing')
  .option('--lengths-only', 'compare names and lengths, read no file')
  .option('--id-field <name>', 'the field of JSON lines that holds the id (found out otherwise)')
  .option('--accept-files-without-ids', 'where other files have ids: an earlier run wrote them in another format')
  .option('--json', 'for programs')
  .action(leaving(async (location, flags) => (await import('./verify-command.js')).verifyCommand(location, flags)))

onLocation(
  'recover',
  'claim and release every task that its owner left behind: publishes what was decided, cuts what was not',
)
  .option('--force', 'also where the owner may be alive; it is fenced then')
  .action(leaving(async (location, flags) => (await import('./recover-command.js')).recoverCommand(location, flags)))

watchStandardOutput()

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage
  else process.exitCode = explainFailure(error)
}
