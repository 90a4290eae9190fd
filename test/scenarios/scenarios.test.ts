// Plays every scenario of this folder and compares what happened with what the file says. UPDATE_SCENARIOS=1 writes it anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseScenario, withWhatHappened } from './script.js'
import { play } from './stage.js'

const folder = fileURLToPath(new URL('.', import.meta.url))
const mayWrite = process.env.UPDATE_SCENARIOS === '1'

describe('scenarios', () => {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.txt'))) {
    test(name, async () => {
      const path = `${folder}${name}`
      const text = readFileSync(path, 'utf8')
      const scenario = parseScenario(text)
      const happened = await play(scenario.commands)
      if (mayWrite) writeFileSync(path, withWhatHappened(scenario, happened))
      else expect(withWhatHappened(scenario, happened)).toBe(text)
    })
  }
})
