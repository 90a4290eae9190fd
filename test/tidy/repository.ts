// What every tidy rule starts from: the repository's text files, their syntax trees, and the shape of a finding.
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'

/** One text file; `path` is relative to the repository's root, with forward slashes. */
export interface RepositoryFile {
  readonly path: string
  readonly text: string
}

/** One broken rule; `line` counts from 1. */
export interface Finding {
  readonly path: string
  readonly line: number
  readonly message: string
}

/** An import, re-export, `import()` or `import('…')` type; `target` is the path it means, if it is a relative one. */
export interface Import {
  readonly specifier: string
  readonly target: string | undefined
  readonly line: number
}

// What .gitignore leaves out, and git's own folder. The tree is walked rather than asked of git, so that the rules
// also hold in an unpacked archive, and for a file that is not added yet.
const foldersLeftOut = new Set(['.git', 'node_modules', 'dist', '.tmp', 'coverage', 'bench/report'])
const codeFile = /\.[cm]?[jt]sx?$/

/** Reads every text file below `root`; a file with a NUL byte in it is no text. */
export function readRepository(root: string): RepositoryFile[] {
  const files: RepositoryFile[] = []
  const pending = ['']
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of readdirSync(posix.join(root, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name)
      if (foldersLeftOut.has(path) || foldersLeftOut.has(entry.name)) continue
      if (entry.isDirectory()) pending.push(path)
      if (!entry.isFile()) continue
      const text = readFileSync(posix.join(root, path), 'utf8')
      if (!text.includes('\0')) files.push({ path, text })
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Those of `files` that are TypeScript or JavaScript. */
export function codeAmong(files: readonly RepositoryFile[]): RepositoryFile[] {
  return files.filter(({ path }) => codeFile.test(path))
}

/** `path:line: message`, which terminals and editors turn into a link. */
export function showFinding({ path, line, message }: Finding): string {
  return `${path}:${line}: ${message}`
}

const parsed = new WeakMap<RepositoryFile, ts.SourceFile>()

/** The syntax tree of a file, parsed once. */
export function syntaxTreeOf(file: RepositoryFile): ts.SourceFile {
  let tree = parsed.get(file)
  if (tree === undefined) {
    tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true)
    parsed.set(file, tree)
  }
  return tree
}

/** The line, from 1, on which a node's own text begins. */
export function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1
}

/** Calls `visit` for every node of the tree, from the top down. */
export function eachNode(tree: ts.SourceFile, visit: (node: ts.Node) => void): void {
  const enter = (node: ts.Node): void => {
    visit(node)
    ts.forEachChild(node, enter)
  }
  ts.forEachChild(tree, enter)
}

/** Everything that `file` imports by a literal name, types included. */
export function importsOf(file: RepositoryFile): Import[] {
  const tree = syntaxTreeOf(file)
  const imports: Import[] = []
  eachNode(tree, (node) => {
    const specifier = specifierOf(node)
    if (specifier === undefined) return
    imports.push({ specifier, target: targetOf(file.path, specifier), line: lineOf(tree, node) })
  })
  return imports
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier)
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0])
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal)
  return undefined
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined
}

function targetOf(importer: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  const path = posix.join(posix.dirname(importer), specifier)
  return path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')
}
