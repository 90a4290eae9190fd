// A certificate for a broker on loopback, by the keytool that comes with Java.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { findJava } from '../../cluster/java.js'

const run = promisify(execFile)

/** What a broker and its clients need. */
export interface TlsCertificate {
  /** PKCS12, for the broker. */
  readonly keyStore: string
  readonly password: string
  /** PEM, for those who trust it. */
  readonly ca: string
  remove(): Promise<void>
}

/** Makes one that signs itself, for 127.0.0.1. */
export async function makeCertificate(): Promise<TlsCertificate> {
  const keytool = path.join(path.dirname(await findJava()), 'keytool')
  const directory = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-tls-'))
  const [keyStore, pem] = [path.join(directory, 'broker.p12'), path.join(directory, 'ca.pem')]
  const password = 'of-the-key-store'
  const store = ['-alias', 'broker', '-keystore', keyStore, '-storetype', 'PKCS12', '-storepass', password]
  const subject = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1', '-validity', '2']
  await run(keytool, ['-genkeypair', '-keyalg', 'RSA', ...store, ...subject])
  await run(keytool, ['-exportcert', '-rfc', '-file', pem, ...store])
  const ca = await readFile(pem, 'utf8')
  return { keyStore, password, ca, remove: () => rm(directory, { recursive: true, force: true }) }
}
