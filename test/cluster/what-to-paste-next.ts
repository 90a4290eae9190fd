// What `npm run cluster` prints once the servers run: their addresses, and commands that can be pasted as they are.
import type { ClusterAddresses } from './cluster-addresses.js'

/** A text for a person, in whole lines. */
export function whatToPasteNext(cluster: ClusterAddresses): string {
  const { hadoopVersion, kafkaVersion, httpfsPort, user, logsDirectory } = cluster.description
  const lines: string[] = []
  if (hadoopVersion !== false) {
    lines.push(`HDFS ${hadoopVersion}   ${cluster.hdfsUrl}   ${cluster.webhdfsUrls.join(' ')}   superuser ${user}`)
    if (httpfsPort !== null) lines.push(`HttpFS       ${cluster.httpfsUrl}`)
  }
  if (kafkaVersion !== false) lines.push(`Kafka ${kafkaVersion}  ${cluster.kafkaBrokers.join(' ')}`)
  lines.push(`logs         ${logsDirectory}`, '', 'To paste next, in another terminal:')
  if (hadoopVersion !== false) lines.push(...curlLines(cluster))
  if (kafkaVersion !== false) lines.push(...kafkaLines(cluster))
  if (hadoopVersion !== false && kafkaVersion !== false) lines.push(...jobLines(cluster))
  lines.push('', 'Ctrl-C stops everything.')
  return `${lines.join('\n')}\n`
}

function curlLines(cluster: ClusterAddresses): string[] {
  const { user } = cluster.description
  const url = (path: string, operation: string) =>
    `'${cluster.webhdfsHttpUrl}${path}?op=${operation}&user.name=${user}'`
  return [
    `  curl -sSL -X PUT -d 'hello ' ${url('/tmp/hello.txt', 'CREATE&overwrite=true')}`,
    `  curl -sSL -X POST -d 'again' ${url('/tmp/hello.txt', 'APPEND')}`,
    `  curl -sSL ${url('/tmp/hello.txt', 'OPEN')}`,
    `  curl -sSL ${url('/tmp', 'LISTSTATUS')}`,
  ]
}

function kafkaLines(cluster: ClusterAddresses): string[] {
  const kafka = `new (require('kafkajs').Kafka)({ brokers: ['${cluster.kafkaBrokers.join("', '")}'], logLevel: 0 })`
  const message = `{ topic: 'orders', messages: [{ value: JSON.stringify({ country: 'de' }) }] }`
  return [
    `  node -e "const p = ${kafka}.producer(); p.connect().then(() => p.send(${message})).then(() => p.disconnect())"`,
  ]
}

/** The product itself, as it was built: the topic of the line above into a directory per country. */
function jobLines(cluster: ClusterAddresses): string[] {
  const location = `${cluster.hdfsUrl.replace('//', `//${cluster.description.user}@`)}/data/orders`
  const source = `--brokers ${cluster.kafkaBrokers.join(' ')} --topics orders`
  return [
    '  npm run build',
    `  npx hdfs-multi-output run ${source} --location ${location} --job orders --field country --format text --prefix-id --until-end`,
    `  npx hdfs-multi-output verify ${location}`,
  ]
}
