// The configuration as `--print-config` shows it: what is in force, with everything secret masked.
import { stringify } from 'yaml'
import { toJson } from '../json.js'
import type { RunConfig } from './schema.js'

const MASK = '***'
const secretName = /password|passphrase|secret|token|credential/i

/** A configuration as text. `json`: on one line. */
export function printedConfig(config: RunConfig, form: 'yaml' | 'json'): string {
  const masked = mask(JSON.parse(toJson(config)))
  return form === 'json' ? JSON.stringify(masked) : stringify(masked).trimEnd()
}

/** Header values are all taken for secrets: mostly they are there to carry one. */
function mask(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => mask(one, name))
  if (typeof value === 'object' && value !== null) {
    const inHeaders = name === 'headers'
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inHeaders ? MASK : mask(one, key)]))
  }
  if (secretName.test(name)) return MASK
  return typeof value === 'string' ? withoutPassword(value) : value
}

/** `webhdfs://user:password@host`: such a location is refused when it is opened, but it is shown before. */
function withoutPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/:@]*):[^/]*@/i, `$1:${MASK}@`)
}
