// Clusters get ports that neither another cluster nor another program has.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { isPortFree, reservePorts } from './free-ports.js'

test('blocks that are reserved at once share no port, and a released one is free', async () => {
  const blocks = await Promise.all(Array.from({ length: 20 }, () => reservePorts()))
  const ports = await Promise.all(blocks.map(async (block) => [await block.next(), await block.next()]))
  expect(new Set(ports.flat()).size).toBe(40)
  const first = ports[0]?.[0] ?? 0
  const guardPort = Math.floor(first / 20) * 20
  expect(await isPortFree(guardPort)).toBe(false)
  for (const block of blocks) await block.release()
  expect(await isPortFree(guardPort)).toBe(true)
})

test('a port of the block that a foreign program listens on is left out', async () => {
  const block = await reservePorts()
  onTestFinished(() => block.release())
  const taken = (await block.next()) + 1
  const server = createServer().listen(taken, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  expect(await block.next()).toBe(taken + 1)
})

test('a block that is used up says so', async () => {
  const block = await reservePorts()
  onTestFinished(() => block.release())
  const all = async () => {
    for (;;) await block.next()
  }
  await expect(all()).rejects.toThrow('more than the 19 ports')
})
