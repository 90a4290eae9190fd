// Which datanode took a file's last bytes: an append goes there at once, without asking the namenode where to.
import type { KnownPlaces } from '../webhdfs-protocol/open-upload.js'

/** Places remembered: as many as files that the engine leaves open (`openFilesMax`), at some 300 bytes each. */
const PLACES_MAX = 10_000
/** After so long the namenode is asked again: it knows of datanodes that came, that go, and that are fuller than others. */
const PLACE_AGE_MS_MAX = 600_000
/** What a datanode wants to know besides the operation and the path: which namenodes, and who asks. */
const CARRIED = ['namenoderpcaddress', 'user.name', 'doas', 'delegation'] as const

interface Known {
  readonly origin: string
  readonly query: string
  readonly namenode: string
  /** When a namenode named it. */
  readonly namedMs: number
}

/** What the places rest on. */
export interface KnownPlacesOptions {
  /** Where the path of a file begins in a datanode's URLs: `/webhdfs/v1/<path>`, percent-encoded. */
  readonly pathname: (path: string) => string
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
    const { namenode, nowMs, pathname } = this.#options
    if (known === undefined || known.namenode !== namenode() || nowMs() - known.namedMs > PLACE_AGE_MS_MAX) return
    const place = new URL(`${known.origin}${pathname(path)}?${known.query}`)
    this.#namedMs.set(place, known.namedMs)
    return place
  }

  keep(path: string, place: URL): void {
    const { namenode, nowMs, delegationToken, pathname } = this.#options
    const token = place.searchParams.get('delegation')
    if (token !== null && token !== delegationToken) return
    // A gateway before the cluster (Knox) hands out URLs of its own, of which nobody knows what they are good for.
    const isDatanodes = place.searchParams.has('namenoderpcaddress')
    if (!isDatanodes || decodeURIComponent(place.pathname) !== decodeURIComponent(pathname(path))) return
    const query = new URLSearchParams({ op: 'APPEND' })
    for (const name of CARRIED) {
      const value = place.searchParams.get(name)
      if (value !== null) query.set(name, value)
    }
    const namedMs = this.#namedMs.get(place) ?? nowMs()
    this.#put(path, { origin: place.origin, query: query.toString(), namenode: namenode(), namedMs })
  }

  move({ source, destination }: { readonly source: string; readonly destination: string }): void {
    const known = this.#known.get(source)
    this.#known.delete(source)
    if (known !== undefined) this.#put(destination, known)
  }

  leave(place: URL): void {
    for (const [path, { origin }] of this.#known) if (origin === place.origin) this.#known.delete(path)
  }

  #put(path: string, known: Known): void {
    this.#known.delete(path)
    this.#known.set(path, known)
    for (const first of this.#known.keys()) {
      if (this.#known.size <= PLACES_MAX) break
      this.#known.delete(first)
    }
  }
}
