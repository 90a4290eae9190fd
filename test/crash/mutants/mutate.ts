// Puts mutants into copies of the product, and sends hunters after them.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import type { Catch, Hunt, Mutant } from './mutant.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** What a hunter runs: the product, and the simulation's harness. */
const FOLDERS = ['src', 'test/crash']
/** A mutant may loop for ever without a step of the simulation, where nothing else ends it. Much more than any hunt takes on a busy machine. */
const HUNT_MS_MAX = 200_000

/** A folder for copies. Below the repository, so that packages are found. */
export class Laboratory {
  readonly #folder: string
  /** By path below the repository, as of now: who edits meanwhile changes nothing. */
  readonly #sources = new Map<string, string>()

  /** Translates the product once. */
  constructor(name: string) {
    this.#folder = join(root, '.tmp', name)
    rmSync(this.#folder, { recursive: true, force: true })
    for (const path of FOLDERS.flatMap((folder) => filesBelow(folder))) {
      if (!path.endsWith('.ts') || path.endsWith('.test.ts')) continue
      const text = readFileSync(join(root, path), 'utf8')
      this.#sources.set(path, text)
      this.#write('whole', path, text)
    }
  }

  #write(copy: string, path: string, text: string): void {
    const target = join(this.#folder, copy, path.replace(/ts$/, 'js'))
    mkdirSync(dirname(target), { recursive: true })
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true }
    writeFileSync(target, ts.transpileModule(text, { compilerOptions }).outputText)
  }

  /** The mutant's file with the mutant in it. Throws where what it replaces is not there exactly once. */
  mutated({ name, file, find, replace }: Mutant): string {
    const text = this.#sources.get(`src/${file}`) ?? ''
    const times = text.split(find).length - 1
    if (times !== 1) {
      throw new Error(
        `the mutant '${name}' finds its text ${times} times in src/${file}: write it anew for what stands there now`,
      )
    }
    return text.replace(find, () => replace)
  }

  /** Makes a copy with the mutant in it and hunts it. Rejects where the mutant's text is not there exactly once, and where the copy does not run. */
  async hunt(mutant: Mutant): Promise<Catch> {
    const text = this.mutated(mutant)
    const copy = mutant.name.replaceAll(/[^a-z0-9]+/gi, '-')
    cpSync(join(this.#folder, 'whole'), join(this.#folder, copy), { recursive: true })
    this.#write(copy, join('src', mutant.file), text)
    const caught = await this.#sendHunter(copy, mutant.name, mutant.hunt)
    rmSync(join(this.#folder, copy), { recursive: true })
    return caught
  }

  /** Hunts in the product as it is, where nothing must be caught. */
  async huntUnmutated(hunt: Hunt): Promise<Catch> {
    return await this.#sendHunter('whole', 'the product as it is', hunt)
  }

  async #sendHunter(copy: string, name: string, hunt: Hunt): Promise<Catch> {
    const program = join(this.#folder, copy, 'test/crash/mutants/hunt.js')
    const settings = { cwd: root, timeout: HUNT_MS_MAX, maxBuffer: 2 ** 26 }
    return await new Promise((resolve, reject) => {
      execFile(process.execPath, [program, JSON.stringify(hunt)], settings, (error, stdout, stderr) => {
        if (error === null) resolve(JSON.parse(stdout) as Catch)
        else reject(new Error(`${name}: its hunt did not end: ${error.message}\n${stderr}`))
      })
    })
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
}
