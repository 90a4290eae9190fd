import { expect, test } from 'vitest'
import { checkCycles } from './cycles.js'
import { planted } from './planted.js'

test('a circle is found once, with its way and the line that closes it', () => {
  const files = planted({
    'src/a.ts': `import './b.js'\n`,
    'src/b.ts': `// one job\nimport './c/c.js'\n`,
    'src/c/c.ts': `// one job\n\nimport type { A } from '../a.js'\n`,
  })
  expect(checkCycles(files)).toEqual([
    { path: 'src/c/c.ts', line: 3, message: 'import cycle: src/a.ts → src/b.ts → src/c/c.ts → src/a.ts' },
  ])
})

test('a circle that begins further down, and a file that imports itself', () => {
  const files = planted({
    'test/start.ts': `import './x.js'\n`,
    'test/x.ts': `import './y.js'\n`,
    'test/y.ts': `import './x.js'\n`,
    'test/z.ts': `export * from './z.js'\n`,
  })
  expect(checkCycles(files).map(({ message }) => message)).toEqual([
    'import cycle: test/x.ts → test/y.ts → test/x.ts',
    'import cycle: test/z.ts → test/z.ts',
  ])
})

test('two ways to one file are no circle, nor is an import of a file that is not there', () => {
  const files = planted({
    'src/a.ts': `import './b.js'\nimport './c.js'\nimport 'a'\n`,
    'src/b.ts': `import './d.js'\n`,
    'src/c.ts': `import './d.js'\nimport './gone.js'\n`,
    'src/d.ts': 'export {}\n',
  })
  expect(checkCycles(files)).toEqual([])
})
