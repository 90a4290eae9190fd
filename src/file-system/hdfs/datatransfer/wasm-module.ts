// Puts together a module of WebAssembly from its instructions: one function without parameters, and one page of memory, both exported.
// It knows just the instructions that crc32c-of-chunks.ts uses; their codes are those of the WebAssembly core specification, version 2.

/** Instructions, one after the other, in groups of whatever depth. */
export type Code = number | readonly Code[]

const EXPORTS = { memory: 'memory', run: 'run' } as const

/** What the engine has made of it. */
export interface WasmProgram {
  readonly memory: Uint8Array
  run(): void
}

/** Lengths, indexes and offsets. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  return [...bytes, rest]
}

function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest < -64 || rest > 63; rest >>= 7) bytes.push((rest & 0x7f) | 0x80)
  return [...bytes, rest & 0x7f]
}

const vectorOf = (code: number): number[] => [0xfd, ...unsigned(code)]
/** Alignment 2^4 is a hint only. */
const vectorAt = (code: number, offset: number): number[] => [...vectorOf(code), 4, ...unsigned(offset)]

export const get = (local: number): Code => [0x20, ...unsigned(local)]
export const set = (local: number): Code => [0x21, ...unsigned(local)]
export const tee = (local: number): Code => [0x22, ...unsigned(local)]
export const i32 = (value: number): Code => [0x41, ...signed(value)]
export const i32Add: Code = 0x6a
export const i32NotEqual: Code = 0x47
/** Does it again as long as the body leaves something other than 0. */
export const loopWhile = (body: Code): Code => [0x03, 0x40, body, 0x0d, 0, 0x0b]
export const load = (offset: number): Code => vectorAt(0, offset)
export const store = (offset: number): Code => vectorAt(11, offset)
export const bytesOf = (value: number): Code => [...vectorOf(12), ...new Array<number>(16).fill(value)]
/** Takes bytes of two vectors: 0 to 15 those of the first, 16 to 31 those of the second. */
export const shuffle = (lanes: readonly number[]): Code => [...vectorOf(13), lanes]
/** Each byte of the second vector, below 16, becomes that byte of the first. */
export const swizzle: Code = vectorOf(14)
export const and: Code = vectorOf(78)
export const xor: Code = vectorOf(81)
/** Of eight halves, each by the number on the stack. */
export const shiftHalvesRight: Code = vectorOf(141)

const TYPE = { i32: 0x7f, v128: 0x7b } as const

/** The module in its binary format. Locals are numbered from 0: first the i32, then the v128. */
export function moduleOf(body: Code, locals: { readonly i32: number; readonly v128: number }): Uint8Array<ArrayBuffer> {
  const declared = [2, unsigned(locals.i32), TYPE.i32, unsigned(locals.v128), TYPE.v128]
  const code = flat([declared, body, 0x0b])
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, nameOf(EXPORTS.memory), 2, 0, nameOf(EXPORTS.run), 0, 0]),
    ...section(10, [1, unsigned(code.length), code]),
  ])
}

function section(id: number, content: Code): number[] {
  const bytes = flat(content)
  return [id, ...unsigned(bytes.length), ...bytes]
}

function nameOf(name: string): Code {
  return [name.length, ...Buffer.from(name, 'latin1')]
}

function flat(code: Code): number[] {
  return typeof code === 'number' ? [code] : code.flatMap(flat)
}

/** What is used of the engine, of which Node's types say nothing. */
interface WebAssemblyEngine {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> }
  validate(bytes: Uint8Array<ArrayBuffer>): boolean
}

/** Undefined where the engine has no WebAssembly, none of these instructions, or no address space left for it. */
export function programOf(module: Uint8Array<ArrayBuffer>): WasmProgram | undefined {
  const engine = (globalThis as { readonly WebAssembly?: WebAssemblyEngine }).WebAssembly
  if (engine?.validate(module) !== true) return undefined
  try {
    const { exports } = new engine.Instance(new engine.Module(module))
    const { buffer } = exports[EXPORTS.memory] as { readonly buffer: ArrayBuffer }
    return { memory: new Uint8Array(buffer), run: exports[EXPORTS.run] as () => void }
  } catch (error) {
    // V8 sets aside gigabytes of addresses for each memory, which `ulimit -v` may refuse.
    if (error instanceof RangeError) return undefined
    throw error
  }
}
