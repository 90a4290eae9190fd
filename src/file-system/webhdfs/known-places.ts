// Which datanode took a file's last append: the next one goes there at once, without asking the namenode where to.
import type { KnownPlaces } from '../webhdfs-protocol/open-upload.js'

/** Places remembered: as many as files that the engine leaves open (`openFilesMax`), at about 300 bytes each. */
const PLACES_MAX = 10_000
/** After so long the namenode is asked again: it knows of datanodes that came, that go, and that are fuller than others. */
const PLACE_AGE_MS_MAX = 600_000

interface Known {
  readonly place: string
  readonly namenode: string
  /** When a namenode named it. */
  readonly namedMs: number
}

/** What the places rest on. */
export interface KnownPlacesOptions {
  /** The namenode that is asked at present: what another one has named is not believed. */
  readonly namenode: () => string
  /** The token that the user gave. Places with any other one are not kept: a namenode makes them for one request. */
  readonly delegationToken: string | undefined
  /** Monotonic. */
  readonly nowMs: () => number
}

/** Places of one open file system. A place that is taken comes back when it has served, with the age that it had. */
export class KnownPlacesOfFiles implements KnownPlaces {
  readonly #options: KnownPlacesOptions
  /** By path; the one that was kept first stands first. */
  readonly #known: Map<string, Known> = new Map()
  /** Those that are being used. */
  readonly #namedMs: WeakMap<URL, number> = new WeakMap()

  constructor(options: KnownPlacesOptions) {
    this.#options = options
  }

  take(path: string): URL | undefined {
    const known = this.#known.get(path)
    this.#known.delete(path)
    const { namenode, nowMs } = this.#options
    if (known === undefined || known.namenode !== namenode() || nowMs() - known.namedMs > PLACE_AGE_MS_MAX) return
    const place = new URL(known.place)
    this.#namedMs.set(place, known.namedMs)
    return place
  }

  keep(path: string, place: URL): void {
    const { namenode, nowMs, delegationToken } = this.#options
    const token = place.searchParams.get('delegation')
    if (token !== null && token !== delegationToken) return
    const namedMs = this.#namedMs.get(place) ?? nowMs()
    this.#known.delete(path)
    this.#known.set(path, { place: place.href, namenode: namenode(), namedMs })
    for (const first of this.#known.keys()) {
      if (this.#known.size <= PLACES_MAX) break
      this.#known.delete(first)
    }
  }

  leave({ origin }: URL): void {
    for (const [path, { place }] of this.#known) if (place.startsWith(`${origin}/`)) this.#known.delete(path)
  }
}
