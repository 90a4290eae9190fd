import { describe, expect, test } from 'vitest'
import { checkMachineTraces } from './machine-traces.js'
import { placesOf, planted } from './planted.js'

// Put together from pieces: the rule reads this file as well.
const absolute = (...segments: string[]): string => ['', ...segments].join('/')
const host = (...labels: string[]): string => labels.join('.')
const root = absolute('srv', 'clones', 'hdfs-multi-output')

function placesFor(text: string): string[] {
  return placesOf(checkMachineTraces(planted({ 'docs/page.md': `first line\n${text}\n` }), { root }))
}

describe('traces', () => {
  test.each([
    `see ${absolute('root', 'notes.md')}`,
    `see "${absolute('home', 'ann', 'notes.md')}"`,
    `file://${absolute('Users', 'ann', 'notes.md')}`,
    `cd ${root}`,
    `import '${root}/src/index.js'`,
    `https://${host('registry', 'npmjs', 'org')}/vitest`,
    `registry=https://${host('registry', 'example', 'com')}/`,
    `<url>https://${host('repo', 'maven', 'apache', 'org')}/maven2</url>`,
    `https://${host('repo1', 'maven', 'org')}/maven2`,
    `"${'resolved'}": "https://packages.example/vitest.tgz",`,
  ])('%s', (text) => expect(placesFor(text)).toEqual(['docs/page.md:2']))
})

describe('no traces', () => {
  test.each([
    `webhdfs://namenode:9870/user${absolute('root', 'orders')}`,
    'file:///data/orders and /tmp/orders',
    `${root}-other/src`,
    'the npm registry, www.npmjs.com, maven.apache.org/POM/4.0.0',
    '"resolved": true',
  ])('%s', (text) => expect(placesFor(text)).toEqual([]))

  test('a clone directly below / has a path too short to tell anything', () => {
    const files = planted({ 'src/a.ts': `open('/data/orders')\n` })
    expect(checkMachineTraces(files, { root: '/data' })).toEqual([])
  })
})
