// HttpFS, the gateway that speaks WebHDFS without redirecting to datanodes.
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import path from 'node:path'
import { type HadoopInput, jvmArguments } from './hadoop.js'
import { coreSettings, hdfsSettings, log4jToConsole, siteXml } from './hadoop-config.js'
import { JavaServer } from './java-server.js'

const HTTP_ANSWER_TIMEOUT_MS = 5_000

/** Prepares an HttpFS server in front of the cluster's namenodes. */
export async function prepareHttpfs(input: HadoopInput, httpPort: number): Promise<JavaServer> {
  const directory = path.join(input.directory, 'httpfs')
  const conf = path.join(directory, 'conf')
  const temp = path.join(directory, 'temp')
  await mkdir(conf, { recursive: true })
  await mkdir(temp, { recursive: true })
  const user = userInfo().username
  const files: Record<string, string> = {
    'core-site.xml': siteXml({ ...coreSettings(input.settings), 'hadoop.tmp.dir': temp, ...input.extraSettings }),
    'hdfs-site.xml': siteXml({ ...hdfsSettings(input.settings), ...input.extraSettings }),
    'httpfs-site.xml': siteXml({
      'httpfs.http.hostname': '127.0.0.1',
      'httpfs.http.port': String(httpPort),
      'httpfs.hadoop.config.dir': conf,
      [`httpfs.proxyuser.${user}.hosts`]: '*',
      [`httpfs.proxyuser.${user}.groups`]: '*',
    }),
    'httpfs-log4j.properties': log4jToConsole,
    'log4j.properties': log4jToConsole,
    'httpfs-signature.secret': randomBytes(16).toString('hex'),
  }
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(conf, name), text)
  return new JavaServer({
    name: 'httpfs',
    directory,
    logPath: path.join(input.logs, 'httpfs.log'),
    command: {
      java: input.java,
      // Not the conf of a namenode: its empty web applications would hide the one in the jar of HttpFS.
      classPath: [conf, ...input.jars],
      jvmArguments: [
        '-Xmx256m',
        ...jvmArguments,
        `-Dhttpfs.home.dir=${directory}`,
        `-Dhttpfs.config.dir=${conf}`,
        `-Dhttpfs.log.dir=${input.logs}`,
        `-Dhttpfs.temp.dir=${temp}`,
      ],
      mainClass: 'org.apache.hadoop.fs.http.server.HttpFSServerWebServer',
      programArguments: [],
    },
    notReady: () => httpfsMissing(httpPort, user),
  })
}

/** Ready when it answers for itself; it asks the namenode only per request, so the namenode may still be starting. */
async function httpfsMissing(httpPort: number, user: string): Promise<string | undefined> {
  const url = `http://127.0.0.1:${httpPort}/webhdfs/v1/?op=GETHOMEDIRECTORY&user.name=${encodeURIComponent(user)}`
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HTTP_ANSWER_TIMEOUT_MS) })
    await response.arrayBuffer()
    return response.ok ? undefined : `it answers GETHOMEDIRECTORY with status ${response.status}`
  } catch {
    // Not listening yet: the caller asks again until its own limit.
    return `nothing answers on port ${httpPort}`
  }
}
