// The simulated file system, when nothing goes wrong, keeps the words of the port.
import { describe, it } from 'vitest'
import { runFileSystemConformance, Simulation } from '../../src/testing/index.js'

const open = () => new Simulation({ seed: 1, pace: 'by-itself', pageEntriesMax: 100 })

runFileSystemConformance(
  'simulated',
  () => {
    const simulation = open()
    return { fileSystem: simulation.process('a').fileSystem, another: () => simulation.process('b').fileSystem }
  },
  { describe, it, capabilities: open().process('a').fileSystem.capabilities },
)
