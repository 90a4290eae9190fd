// Which Node versions are asked for, and which are supported.

/** The oldest line that `engines` in package.json promises, and the lines with long-term support after it. */
export const versionsByDefault: readonly string[] = ['20.18', '22', '24', '26']

const oldestMajor = 20
const oldestMinor = 18

/** The versions named by the arguments, all of them if there are none; throws an Error for what is no such version. */
export function versionsFrom(names: readonly string[]): readonly string[] {
  if (names.length === 0) return versionsByDefault
  for (const name of names) {
    if (!/^\d+(\.\d+){0,2}$/.test(name)) {
      throw new Error(`"${name}" is no Node version; 24, 20.18 and 22.20.0 are examples`)
    }
    const [major = 0, minor = Number.POSITIVE_INFINITY] = name.split('.').map(Number)
    if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
      throw new Error(`Node ${name} is older than ${oldestMajor}.${oldestMinor}, the oldest that is supported`)
    }
  }
  return [...new Set(names)]
}

/** Whether `v20.18.3`, as a binary prints it, is of the version asked for. */
export function isVersion(printed: string, asked: string): boolean {
  return `${printed.trim().replace(/^v/, '')}.`.startsWith(`${asked}.`)
}
