import { expect, test } from 'vitest'
import { checkConfig, parseYaml } from '../../../src/cli/config/load.js'
import { printedConfig } from '../../../src/cli/config/print.js'

const yaml = `
source: { kafka: { brokers: [127.0.0.1:9092], topics: [a], sasl: { mechanism: plain, username: me, password: hunter2 } } }
sink:
  location: ['webhdfs://me:hunter2@nn1:9870/data', 'webhdfs://nn2:9870/data']
  delegationToken: hunter2
  headers: { Authorization: Bearer hunter2 }
  job: events
  partitioner: [{ field: key }]
  format: { text: }
`

test('shows what is in force, and no secret', () => {
  const config = checkConfig(parseYaml(yaml, 'c.yaml'), 'c.yaml')
  const printed = printedConfig(config, 'yaml')
  expect(printed).not.toContain('hunter2')
  expect(parseYaml(printed, 'printed')).toEqual({
    source: {
      kafka: {
        brokers: ['127.0.0.1:9092'],
        topics: ['a'],
        sasl: { mechanism: 'plain', username: 'me', password: '***' },
      },
      decode: 'json',
    },
    sink: {
      location: ['webhdfs://me:***@nn1:9870/data', 'webhdfs://nn2:9870/data'],
      delegationToken: '***',
      headers: { Authorization: '***' },
      job: 'events',
      partitioner: [{ field: 'key' }],
      format: { text: {} },
    },
  })
  expect(JSON.parse(printedConfig(config, 'json'))).toEqual(parseYaml(printed, 'printed'))
})
