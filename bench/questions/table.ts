// All questions of the bench, in the order in which they are asked.
import { ownBench } from './own-bench.js'
import { pipeline } from './pipeline.js'
import { profile } from './profile.js'
import type { Question } from './question.js'
import { scaling } from './scaling.js'
import { startUp } from './start-up.js'
import { steady } from './steady.js'

const servers = { needs: 'Java 17 and Maven', isUsual: true, isInQuick: false } as const
const byName = { isUsual: false, isInQuick: false } as const

export const questions: readonly Question[] = [
  {
    ...servers,
    name: 'pipeline',
    asks: 'Kafka to HDFS beside kafkajs, node:http, the webhdfs package, the Java client and Spark, in one commit and in ten',
    bound:
      '0.6 × kafkajs reading, 1.5 × Java append, 5 × that over hdfs:// at ten commits; a file a key; under 512 MiB',
    isInQuick: true,
    run: pipeline,
  },
  {
    ...servers,
    name: 'steady',
    asks: 'the same for 4,000,000 records with a commit every 10 s',
    bound: '0.6 × kafkajs reading, 1.5 × Java append, no less than Java hflush as shipped; under 512 MiB',
    run: steady,
  },
  {
    ...servers,
    name: 'scaling',
    asks: 'how time and memory grow with keys, records, the commit interval, processes and open files after a crash',
    bound: 'nothing grows faster than linear',
    run: scaling,
  },
  {
    ...servers,
    name: 'profile',
    asks: 'where the processor’s time of the main job goes, and how its memory moves',
    bound: 'none: it shows',
    run: profile,
  },
  {
    name: 'start-up',
    asks: 'how soon the command asks its first request, and how large the installed package is',
    bound: '400 ms; 15 MiB',
    needs: 'Node',
    isUsual: true,
    isInQuick: true,
    run: startUp,
  },
  {
    ...byName,
    name: 'writer',
    asks: 'the writer alone: encoding, memory, log, commits, streams, takeover, the command (npm run bench:writer has options)',
    bound: 'eight, one a question of its own',
    needs: 'Java 17 and Maven',
    run: ownBench('writer.ts'),
  },
  {
    ...byName,
    name: 'native',
    asks: 'hdfs:// beside Hadoop’s own client: one stream, closes, appends (npm run bench:native)',
    bound: '1.5 × a stream, 5 × the closes as shipped',
    needs: 'Java 17 and Maven',
    run: ownBench('native.ts'),
  },
  {
    ...byName,
    name: 'file-system',
    asks: 'what the WebHDFS adapter costs beside bare node:http (npm run bench:file-system)',
    bound: '0.9 × its speed; 32 MiB above its memory',
    needs: 'Java 17 and Maven',
    run: ownBench('file-system.ts'),
  },
  {
    ...byName,
    name: 'formats',
    asks: 'how many records a second each format encodes (npm run bench:formats)',
    bound: 'one a format',
    needs: 'Node',
    run: ownBench('formats.ts'),
  },
  {
    ...byName,
    name: 'takeover',
    asks: 'from SIGKILL to records flowing again with 1,000 open files (npm run bench:takeover)',
    bound: '20 s',
    needs: 'Java 17 and Maven',
    run: ownBench('takeover.ts'),
  },
  {
    ...byName,
    name: 'kafkajs',
    asks: 'what a pipeline takes of the processor beside kafkajs alone (bench/pipeline.ts)',
    bound: '0.6 × its speed; under 512 MiB',
    needs: 'Java 17 and Maven',
    run: ownBench('pipeline.ts'),
  },
]
