// Preloaded into the command that is measured: writes what the process took to descriptor 3 when it ends.
import { writeSync } from 'node:fs'

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  // Microseconds, and KiB.
  const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1e3, residentBytesMax: maxRSS * 1024 }
  writeSync(3, JSON.stringify(usage))
})
