// Kafka as a source, the direct one: positions come from the sink's commit log alone, Kafka's consumer group only shares out the tasks.
import { KafkaGroup } from './kafka/kafka-group.js'
import { checkKafkaOptions, type KafkaGroupOptions } from './kafka/options.js'
import type { TaskGroup } from './task-group.js'

/**
 * Topics of Kafka, shared out among the processes that name the same group: each gets whole tasks. A partition belongs to the task
 * `(crc32c(topic) + partition) mod taskCount`. For a `GroupPipeline`.
 *
 * Ids are topic, partition and offset; values are as the producer sent them. Gaps in the offsets (compaction, transactions) are passed over by the
 * position. Offsets that were removed before they were read end it with `OFFSETS_LOST`, which names them, or are passed over and noted
 * (`onLostOffsets`). gzip, snappy, lz4 and zstd are readable; those codecs are registered with kafkajs for the whole process. Throws `WRONG_OPTIONS`;
 * nothing is connected before the pipeline runs.
 */
export function kafkaGroup(options: KafkaGroupOptions): TaskGroup {
  return new KafkaGroup(checkKafkaOptions(options))
}
