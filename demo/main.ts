// `npm run demo`: on the local disk, with nothing but Node. `npm run demo -- --cluster`: with Kafka and HDFS, started for it, over hdfs://
// or, with `--webhdfs` too, over webhdfs://.
const wantsCluster = process.argv.slice(2).includes('--cluster')
await (wantsCluster ? import('./cluster.js') : import('./embedded.js'))
