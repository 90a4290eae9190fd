// The requests that are under way, and which of them can go on.
import type { Flight } from './flight.js'

/** Flights in the order in which they became able to go on. */
export class Network {
  #listed: Flight[] = []
  /** Uploads that nobody ends: their clients are gone and the server does not know it. */
  readonly #halfOpen: Set<Flight> = new Set()

  /** The flight has something that can happen. */
  list(flight: Flight): void {
    if (flight.isListed || flight.isOver || flight.isIdle) return
    flight.isListed = true
    this.#halfOpen.delete(flight)
    this.#listed.push(flight)
  }

  unlist(flight: Flight): void {
    if (!flight.isListed) return
    flight.isListed = false
    this.#listed.splice(this.#listed.indexOf(flight), 1)
  }

  /** Puts a flight back after a step. */
  relist(flight: Flight): void {
    if (flight.isOrphan && flight.isIdle && !flight.isOver) this.#halfOpen.add(flight)
    else this.list(flight)
  }

  get halfOpen(): readonly Flight[] {
    return [...this.#halfOpen]
  }

  /** Those that can go on now, the one that waits longest first. */
  eligible(step: number, nowMs: number): readonly Flight[] {
    const isDue = (flight: Flight) => flight.dueStep <= step && flight.dueMs <= nowMs
    return this.#listed.every(isDue) ? this.#listed : this.#listed.filter(isDue)
  }

  /** When, by the clock or else by steps, the next of those comes due that wait. */
  nextDue(nowMs: number): { readonly timeMs: number; readonly step: number } {
    let [timeMs, step] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (const flight of this.#listed) {
      if (flight.dueMs > nowMs) timeMs = Math.min(timeMs, flight.dueMs)
      else step = Math.min(step, flight.dueStep)
    }
    return { timeMs, step }
  }
}
