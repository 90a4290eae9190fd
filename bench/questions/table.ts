// All questions of the bench, in the order in which they are asked.
import { pipeline } from './pipeline.js'
import type { Question } from './question.js'

export const questions: readonly Question[] = [
  {
    name: 'pipeline',
    asks: 'Kafka to HDFS beside kafkajs, node:http, the webhdfs package and the Java client, in one commit and in ten',
    bound:
      '0.6 × kafkajs reading, 1.5 × Java append, 5 × that over hdfs:// at ten commits; a file a key; under 512 MiB',
    needs: 'Java 17 and Maven',
    isUsual: true,
    run: pipeline,
  },
]
