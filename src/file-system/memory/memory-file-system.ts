// A complete file system in memory that behaves as HDFS does: for tests and examples.
import type { Clock } from '../../model/clock.js'
import { systemClock } from '../../model/clock.js'
import type { Capabilities } from '../file-system.js'
import { NAMENODE_CAPABILITIES } from '../namenode-capabilities.js'
import { MemoryTransport } from './memory-transport.js'
import { Namespace } from './namespace.js'
import { NamespaceFileSystem } from './namespace-file-system.js'
import { namespaceDefaults } from './namespace-options.js'

/** `dfs.ls.limit`. */
const PAGE_ENTRIES_MAX = 1_000

/** Capabilities that can be chosen. The others say what HDFS is, and stay as they are. */
export type SwitchableCapability = Exclude<keyof Capabilities, 'renameFences' | 'requestsEndWithProcess'>

/** Settings of a {@link MemoryFileSystem}. */
export interface MemoryFileSystemOptions {
  /** Switches capabilities off, to see what a program does without them, or `durableWithoutClose` on. */
  readonly capabilities?: Partial<Pick<Capabilities, SwitchableCapability>>
  /** Default: the machine's clock. */
  readonly clock?: Clock
  /** Default: 128 MiB, as HDFS has it. */
  readonly blockSizeBytes?: number
  /**
   * How long a truncation inside a block goes on in the background, by the clock. Default 0: it is over when one looks.
   * HDFS takes 2 to 3 seconds.
   */
  readonly truncateMs?: number
}

/**
 * A file system in memory with HDFS's behaviour and capabilities, for tests and examples. Everything is gone with the
 * object; {@link MemoryFileSystem.another} gives a second handle on the same contents.
 *
 * An upload that is open when its file system is closed leaves what had arrived, as HDFS does with a lost connection. Names
 * with a colon are `INVALID_PATH`, as on HDFS.
 *
 * @example
 * ```ts
 * const fileSystem = new MemoryFileSystem({ capabilities: { concat: false } })
 * await fileSystem.create('greeting.txt', new TextEncoder().encode('hello'))
 * ```
 */
export class MemoryFileSystem extends NamespaceFileSystem {
  readonly #transport: MemoryTransport

  constructor(options: MemoryFileSystemOptions = {}) {
    const transport = transports.get(options) ?? newTransport(options)
    const capabilities = { ...NAMENODE_CAPABILITIES, ...options.capabilities }
    super({ transport, capabilities, pageEntriesMax: PAGE_ENTRIES_MAX })
    this.#transport = transport
  }

  /** Another handle on the same contents, as another process would have it. */
  another(): MemoryFileSystem {
    const options: MemoryFileSystemOptions = { capabilities: this.capabilities }
    transports.set(options, this.#transport)
    return new MemoryFileSystem(options)
  }
}

/** What the options of a second handle stand for: the contents of the first. */
const transports = new WeakMap<MemoryFileSystemOptions, MemoryTransport>()

function newTransport({
  clock = systemClock,
  blockSizeBytes,
  truncateMs = 0,
}: MemoryFileSystemOptions): MemoryTransport {
  const namespace = new Namespace({
    nowMs: () => clock.nowMs(),
    blockSizeBytes: blockSizeBytes ?? namespaceDefaults.blockSizeBytes,
    leases: { ...namespaceDefaults.leases, recoveryMs: truncateMs },
  })
  return new MemoryTransport(namespace, clock)
}
