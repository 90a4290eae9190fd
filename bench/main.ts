// The bench: measures the main job beside what users would take instead, on real Kafka and real HDFS that it starts itself.
//
//   npm run bench -- [names] [--quick] [--list] [--records n] [--rounds n] [--only setting] [--way name]... [--report directory]
//
// Without names it asks the usual ones of bench/questions/table.ts, with --quick two of them on few records (2 minutes). Writes report.json, report.md and plots
// to bench/report/. `--only '10 ms'` measures those settings of pipeline and steady, and those curves of scaling, whose names begin so;
// `--way '(e)' --way ours` those ways. `--records 10000000` takes the curves to their far ends. PySpark is that of the Python which PYSPARK_PYTHON
// names (default python3). Exits with 1 when something does not run or an output is wrong; a target that is missed is told, and fails nothing.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { compileProgram } from '../test/writer/compiled-program.js'
import type { Question } from './questions/question.js'
import { questions } from './questions/table.js'
import { environment, loadNow } from './reporting/environment.js'
import { Progress } from './reporting/progress.js'
import { Section } from './reporting/report.js'
import { markdownTable, sectionText } from './reporting/tables.js'
import { writeReport } from './reporting/write-report.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    records: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    way: { type: 'string', multiple: true, default: [''] },
    report: { type: 'string', default: fileURLToPath(new URL('report', import.meta.url)) },
  },
})

if (values.list) console.log(list())
else process.exitCode = await ask(chosen())

/** As it was given, without where the report goes. */
function command(): string {
  const flags = [
    ...(values.quick ? ['--quick'] : []),
    ...(values.records === undefined ? [] : [`--records ${values.records}`]),
    ...(values.rounds === undefined ? [] : [`--rounds ${values.rounds}`]),
    ...(values.only === '' ? [] : [`--only '${values.only}'`]),
    ...values.way.filter((way) => way !== '').map((way) => `--way '${way}'`),
  ]
  return ['npm run bench --', ...positionals, ...flags].join(' ')
}

function list(): string {
  const rows = questions.map(({ name, asks, bound, needs }) => [name, asks, bound, needs])
  return markdownTable(['name', 'asks', 'bound', 'needs'], rows)
}

function chosen(): Question[] {
  if (positionals.length === 0)
    return questions.filter(({ isUsual, isInQuick }) => (values.quick ? isInQuick : isUsual))
  return positionals.map((name) => {
    const question = questions.find((each) => each.name === name)
    if (question === undefined) throw new Error(`${name}: it can be ${questions.map((each) => each.name).join(', ')}`)
    return question
  })
}

function count(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} ${text}: a whole number from 1 on`)
  return value
}

/** The exit code. */
async function ask(asked: readonly Question[]): Promise<number> {
  const [records, rounds] = [count(values.records, 'records'), count(values.rounds, 'rounds')]
  const sections: Section[] = []
  const failures: string[] = []
  const about = environment()
  for (const [name, value] of Object.entries(about)) console.log(`${name}: ${value}`)
  const compiled = await compileProgram('bench/main.ts', ['src', 'bench'])
  try {
    for (const { name, asks, bound, run } of asked) {
      console.log(`\n== ${name}: ${asks}\n   bound: ${bound}`)
      const section = new Section(name, asks)
      const progress = new Progress()
      section.loads.push(loadNow())
      try {
        await run({
          section,
          progress,
          isQuick: values.quick,
          records,
          rounds,
          only: values.only,
          isAsked: (way) => values.way.some((beginning) => way.startsWith(beginning)),
          compiledDirectory: fileURLToPath(new URL('..', `file://${compiled.script}`)),
          reportDirectory: values.report,
        })
      } catch (error) {
        // The other questions are asked all the same, and what was found so far is written.
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
        section.notes.push(`it failed: ${failures.at(-1)}`)
      }
      progress.clear()
      section.loads.push(loadNow())
      sections.push(section)
      console.log(sectionText(section))
      await writeReport(values.report, { command: command(), environment: about, sections })
    }
  } finally {
    await compiled.remove()
  }
  const missed = sections.flatMap((section) => section.verdicts.filter(({ outcome }) => outcome === 'missed'))
  console.log(`\n${missed.length} targets missed; the report is in ${values.report}`)
  for (const failure of failures) console.error(`failed: ${failure}`)
  return failures.length === 0 ? 0 : 1
}
