// Randomness that a seed repeats, and that is random enough.
import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../../src/testing/index.js'

describe('SeededRandom', () => {
  it('repeats itself for one seed, and for no other', () => {
    const draw = (seed: string | number) => {
      const random = new SeededRandom(seed)
      return Array.from({ length: 20 }, () => random.id())
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw('1/a')).toEqual(draw('1/a'))
    const all = [1, 2, '1/a', '1/b', '2/a', -1, 0].flatMap(draw)
    expect(new Set(all).size).toBe(all.length)
    for (const id of all) expect(id).toMatch(/^[0-9a-f]{32}$/)
  })

  it('is spread evenly', () => {
    const random = new SeededRandom('spread')
    const counts = Array.from({ length: 10 }, () => 0)
    for (let draw = 0; draw < 10_000; draw++) counts[random.integer(10)]! += 1
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150)
    let happened = 0
    for (let draw = 0; draw < 10_000; draw++) if (random.happens(0.1)) happened += 1
    expect(Math.abs(happened - 1_000)).toBeLessThan(150)
    expect(random.happens(0)).toBe(false)
    expect(['x', 'y']).toContain(random.pick(['x', 'y']))
    expect(() => random.pick([])).toThrow(TypeError)
  })
})
