// core-site.xml and hdfs-site.xml, as every Hadoop tool finds them: in the directory that HADOOP_CONF_DIR names.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Properties by their names, with `${…}` filled in. */
export type HadoopConfiguration = Readonly<Record<string, string>>

/** In this order; what the later one says counts. */
const SITE_FILES = ['core-site.xml', 'hdfs-site.xml'] as const

/** Hadoop stops there, too (`Configuration.MAX_SUBST`). */
const SUBSTITUTIONS_MAX = 20

/**
 * Reads both files of the directory; one that is not there holds nothing. Rejects with node's error where one cannot be read, and with
 * a `TypeError` where it is not what Hadoop writes (`xi:include` among that).
 */
export async function readHadoopConfiguration(directory: string): Promise<HadoopConfiguration> {
  const properties: Record<string, string> = {}
  for (const name of SITE_FILES) {
    const path = join(directory, name)
    let xml: string
    try {
      xml = await readFile(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
      throw error
    }
    Object.assign(properties, propertiesOf(xml, path))
  }
  const filledIn = Object.entries(properties).map(([name, value]) => [name, fillIn(value, properties)])
  return Object.fromEntries(filledIn) as HadoopConfiguration
}

/** The properties of a site file. */
function propertiesOf(xml: string, path: string): Record<string, string> {
  const text = xml.replaceAll(/<!--.*?-->/gs, '')
  if (!/<configuration\b/.test(text)) throw new TypeError(`${path} has no <configuration>`)
  if (/<xi:include\b|<!ENTITY\b/.test(text)) throw new TypeError(`${path} includes other files, which is not supported`)
  const properties: Record<string, string> = {}
  for (const [, property = ''] of text.matchAll(/<property\b[^>]*>(.*?)<\/property>/gs)) {
    const name = contentOf(property, 'name')?.trim()
    const value = contentOf(property, 'value')
    if (name === undefined || name === '') throw new TypeError(`${path} has a <property> without a <name>`)
    if (value !== undefined) properties[name] = value.trim()
  }
  return properties
}

function contentOf(property: string, element: 'name' | 'value'): string | undefined {
  const [, content] = new RegExp(`<${element}\\s*>(.*?)</${element}\\s*>`, 's').exec(property) ?? []
  return content === undefined ? undefined : unescapeXml(content)
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replaceAll(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
      return ENTITIES[name ?? ''] ?? whole
    },
  )
}

/** `${name}` is another property, `${env.NAME}` of the environment; what is neither stays as it is, as in Hadoop. */
function fillIn(value: string, properties: Readonly<Record<string, string>>): string {
  let text = value
  for (let substitutions = 0; substitutions < SUBSTITUTIONS_MAX; substitutions += 1) {
    const next = text.replace(/\$\{([^${}\s]+)\}/, (whole, name: string) =>
      name.startsWith('env.') ? (process.env[name.slice('env.'.length)] ?? whole) : (properties[name] ?? whole),
    )
    if (next === text) break
    text = next
  }
  return text
}
