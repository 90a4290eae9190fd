// Rule: whatever an entry of the package exports has a docstring, and the entries list their names by hand.
import { posix } from 'node:path'
import ts from 'typescript'
import type { Finding, RepositoryFile } from './repository.js'
import { codeAmong, eachNode, lineOf, syntaxTreeOf } from './repository.js'

/** The files that package.json's `exports` lead to. */
export const publicEntries: readonly string[] = ['src/index.ts', 'src/testing/index.ts']

/** Findings for public names without a docstring (where they are declared), `export *`, and entries that are missing. */
export function checkDocstrings(
  files: readonly RepositoryFile[],
  entries: readonly string[] = publicEntries,
): Finding[] {
  const findings: Finding[] = []
  const program = programOf(codeAmong(files), entries)
  const checker = program.getTypeChecker()
  for (const entry of entries) {
    const tree = program.getSourceFile(entry)
    if (tree === undefined) {
      findings.push({ path: entry, line: 1, message: 'a public entry is missing' })
      continue
    }
    findings.push(...starExports(tree))
    const entrySymbol = checker.getSymbolAtLocation(tree)
    if (entrySymbol === undefined) continue
    for (const exported of checker.getExportsOfModule(entrySymbol)) {
      const aliased = (exported.flags & ts.SymbolFlags.Alias) !== 0
      const symbol = aliased ? checker.getAliasedSymbol(exported) : exported
      const declaration = symbol.declarations?.[0]
      // Without a declaration it comes from another package, or tsc has already said that it does not exist.
      if (declaration === undefined || symbol.getDocumentationComment(checker).length > 0) continue
      const declaredIn = declaration.getSourceFile()
      const message = `"${exported.name}" is public (${entry}) and has no docstring`
      findings.push({ path: declaredIn.fileName, line: lineOf(declaredIn, declaration), message })
    }
  }
  return findings
}

function starExports(tree: ts.SourceFile): Finding[] {
  const findings: Finding[] = []
  eachNode(tree, (node) => {
    if (!ts.isExportDeclaration(node) || node.exportClause !== undefined) return
    findings.push({ path: tree.fileName, line: lineOf(tree, node), message: 'list the public names by hand, not by *' })
  })
  return findings
}

// A program of the files given and nothing else: no lib, no package. Names and comments need neither, and it is a
// hundred times as quick as a type check.
function programOf(files: readonly RepositoryFile[], entries: readonly string[]): ts.Program {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const host: ts.CompilerHost = {
    fileExists: (path) => byPath.has(path),
    readFile: (path) => byPath.get(path)?.text,
    getSourceFile: (path) => {
      const file = byPath.get(path)
      return file === undefined ? undefined : syntaxTreeOf(file)
    },
    resolveModuleNameLiterals: (literals, importer) =>
      literals.map(({ text }) => {
        const path = posix.join(posix.dirname(importer), text).replace(/\.js$/, '.ts')
        const known = text.startsWith('.') && byPath.has(path)
        return { resolvedModule: known ? { resolvedFileName: path, extension: ts.Extension.Ts } : undefined }
      }),
    getCurrentDirectory: () => '',
    getCanonicalFileName: (path) => path,
    getDefaultLibFileName: () => 'lib.d.ts',
    getNewLine: () => '\n',
    useCaseSensitiveFileNames: () => true,
    writeFile: () => undefined,
  }
  return ts.createProgram(
    entries.filter((entry) => byPath.has(entry)),
    { noLib: true, types: [], module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.Latest },
    host,
  )
}
