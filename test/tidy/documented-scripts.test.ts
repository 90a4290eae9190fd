import { expect, test } from 'vitest'
import { checkDocumentedScripts } from './documented-scripts.js'
import { placesOf, planted } from './planted.js'

const manifest = JSON.stringify({ scripts: { test: 'vitest run', 'test:unit': 'vitest run --project unit' } })

test('commands that exist pass, as does text that only looks alike', () => {
  const files = planted({
    'package.json': manifest,
    'README.md': '`npm test`\n`npm run test:unit -- --watch`\nnpm install\n',
    '.ci/run': 'npm test\n',
    'docs/page.txt': 'npm run gone\n',
  })
  expect(checkDocumentedScripts(files)).toEqual([])
})

test('a command without a script is found', () => {
  const files = planted({
    'package.json': manifest,
    'README.md': 'npm test\n\n`npm run demo` and `npm run test:units`\n',
    '.ci/run': 'npm test\nnpm run check\n',
  })
  expect(placesOf(checkDocumentedScripts(files))).toEqual(['README.md:3', 'README.md:3', '.ci/run:2'])
})

test('a CI that tests by another command than the README is found', () => {
  const files = planted({
    'package.json': manifest,
    'README.md': 'npm test\n',
    '.ci/run': 'npm run test:unit\n',
  })
  expect(placesOf(checkDocumentedScripts(files))).toEqual(['.ci/run:1'])
})
