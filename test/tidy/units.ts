// Rule: a declared quantity says its unit, last (`connectTimeoutMs`, `fileSizeBytesMax`). Declarations alone are
// looked at: what a foreign object calls its members is not ours to name.
import ts from 'typescript'
import type { Finding, RepositoryFile } from './repository.js'
import { codeAmong, eachNode, lineOf, syntaxTreeOf } from './repository.js'

const unitOf: Readonly<Record<string, string>> = {
  age: 'Ms',
  backoff: 'Ms',
  delay: 'Ms',
  duration: 'Ms',
  elapsed: 'Ms',
  interval: 'Ms',
  latency: 'Ms',
  lifetime: 'Ms',
  period: 'Ms',
  size: 'Bytes',
  timeout: 'Ms',
  ttl: 'Ms',
}

// These may follow a unit, so what stands before them must end in one.
const qualifiers = new Set(['default', 'initial', 'limit', 'max', 'min', 'total'])

// A wire format or a foreign interface that has to be declared keeps its names; the comment says whose they are.
const foreignMarker = /foreign name/

/** A finding for every declaration named `timeout`, `size` or the like without a unit. */
export function checkUnits(files: readonly RepositoryFile[]): Finding[] {
  const findings: Finding[] = []
  for (const file of codeAmong(files)) {
    const tree = syntaxTreeOf(file)
    const textLines = file.text.split('\n')
    eachNode(tree, (node) => {
      const name = declaredName(node)
      const better = name === undefined ? undefined : withUnit(name.text)
      if (name === undefined || better === undefined || isNoQuantity(node) || isAmbient(node)) return
      const line = lineOf(tree, name.node)
      if (foreignMarker.test(`${textLines[line - 2] ?? ''}\n${textLines[line - 1] ?? ''}`)) return
      findings.push({ path: file.path, line, message: `"${name.text}" says no unit: ${better}, for example` })
    })
  }
  return findings
}

/** The name with the unit it lacks, or undefined where it lacks none. */
export function withUnit(name: string): string | undefined {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []
  const lowered = words.map((word) => word.toLowerCase())
  const qualified = lowered.findLastIndex((word) => !qualifiers.has(word))
  const quantity = lowered[qualified]
  if (quantity === undefined) return undefined
  const unit = unitOf[quantity] ?? unitOf[quantity.replace(/s$/, '')]
  if (unit === undefined) return undefined
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
  const [first = '', ...rest] = lowered.toSpliced(qualified + 1, 0, unit)
  return first + rest.map(capital).join('')
}

interface DeclaredName {
  readonly node: ts.Node
  readonly text: string
}

function declaredName(node: ts.Node): DeclaredName | undefined {
  const declares =
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isGetAccessor(node) ||
    ts.isParameter(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isBindingElement(node) ||
    (ts.isPropertyAssignment(node) && isOptionSchema(node))
  if (!declares) return undefined
  const { name } = node
  const named = ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteralLike(name)
  return named ? { node: name, text: name.text } : undefined
}

// Options are declared in two more ways than by a type: a member of a schema of valibot, a flag of node:util's parseArgs.
function isOptionSchema({ initializer }: ts.PropertyAssignment): boolean {
  if (ts.isObjectLiteralExpression(initializer)) return initializer.properties.some(isFlagType)
  let root: ts.Node = initializer
  while (ts.isCallExpression(root) || ts.isPropertyAccessExpression(root)) root = root.expression
  return root !== initializer && ts.isIdentifier(root) && root.text === 'v'
}

function isFlagType(member: ts.ObjectLiteralElementLike): boolean {
  if (!ts.isPropertyAssignment(member) || !ts.isIdentifier(member.name) || member.name.text !== 'type') return false
  return ts.isStringLiteral(member.initializer) && ['string', 'boolean'].includes(member.initializer.text)
}

// A function, a timer's handle, or a value of a type that is no bare number: `delay: (ms: number) => Promise<void>`,
// `timeout: NodeJS.Timeout`, `interval: OffsetRange`.
function isNoQuantity(node: ts.Node): boolean {
  const { type, initializer } = node as { type?: ts.TypeNode; initializer?: ts.Expression }
  if (type !== undefined) return ts.isFunctionTypeNode(type) || !mentionsBareValue(type)
  if (initializer === undefined) return false
  if (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)) return true
  return ts.isCallExpression(initializer) && /^set(Timeout|Interval)$/.test(initializer.expression.getText())
}

function mentionsBareValue(type: ts.Node): boolean {
  const bare = [ts.SyntaxKind.NumberKeyword, ts.SyntaxKind.BigIntKeyword, ts.SyntaxKind.StringKeyword]
  if (bare.includes(type.kind) || ts.isNumericLiteral(type)) return true
  return ts.forEachChild(type, (child) => mentionsBareValue(child) || undefined) === true
}

// `declare module 'webhdfs' { … }` repeats the names of a package that has no types of its own.
function isAmbient(node: ts.Node): boolean {
  for (let outer = node.parent; outer !== undefined; outer = outer.parent) {
    if (ts.isModuleDeclaration(outer) && ts.isStringLiteral(outer.name)) return true
  }
  return false
}
