// The writing program and the library as plain JavaScript in a temporary directory: it starts in a third of the time that
// tsx takes, and the tests start it a hundred times.
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** For hooks: it takes two seconds on a machine that does nothing else. */
export const COMPILE_MS_MAX = 60_000

/** A compiled program. */
export interface CompiledProgram {
  readonly script: string
  /** Removes it. */
  remove(): Promise<void>
}

/** Compiles `test/writer/writing-program.ts` and everything that it may import, without checking types. */
export function compileWritingProgram(): Promise<CompiledProgram> {
  return compileProgram('test/writer/writing-program.ts', ['src', 'test/writer'])
}

/** Compiles folders of the repository, and names a program in them. */
export async function compileProgram(program: string, folders: readonly string[]): Promise<CompiledProgram> {
  const directory = await mkdtemp(join(tmpdir(), 'hdfs-multi-output-program-'))
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }')
  for (const folder of folders) await compileFolder(folder, directory)
  return {
    script: join(directory, program.replace(/\.ts$/, '.js')),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
}

async function compileFolder(folder: string, directory: string): Promise<void> {
  for (const name of await readdir(join(root, folder), { recursive: true })) {
    if (!name.endsWith('.ts')) continue
    const fileName = join(folder, name)
    const { outputText } = ts.transpileModule(await readFile(join(root, fileName), 'utf8'), {
      compilerOptions,
      fileName,
    })
    const compiled = join(directory, fileName.replace(/\.ts$/, '.js'))
    await mkdir(dirname(compiled), { recursive: true })
    await writeFile(compiled, outputText)
  }
}
