// The public names of the package, listed by hand.
export type { LatePolicy } from './engine/event-times.js'
export type { CommitEvent, Hooks, LateEvent } from './engine/hooks.js'
export type { Visibility } from './engine/job-file.js'
export type { Logger } from './engine/logger.js'
export type { Takeover } from './engine/open-task.js'
export type { CommitResult } from './engine/task-writer.js'
export type { Content } from './file-system/content.js'
export type {
  ByteRange,
  Capabilities,
  CreateOptions,
  FileStatus,
  FileSystem,
  RenameMode,
  Upload,
} from './file-system/file-system.js'
export {
  FileSystemError,
  type FileSystemErrorCode,
  type FileSystemErrorDetails,
  isFileSystemError,
  type Operation,
  type Outcome,
  RemoteException,
  type Retry,
} from './file-system/file-system-error.js'
export { type ConcurrencyLimitOptions, withConcurrencyLimit } from './file-system/layers/concurrency-limit.js'
export { type Observation, type ObserveOptions, withObserver } from './file-system/layers/observe.js'
export { type RetryOptions, withRetry } from './file-system/layers/retry.js'
export { type TimeoutOptions, withTimeout } from './file-system/layers/timeout.js'
export type { LocationInput } from './file-system/location.js'
export { type OpenFileSystemOptions, openFileSystem } from './file-system/open.js'
export type { WebHdfsPackageClient } from './file-system/webhdfs-package/client.js'
export type { WebHdfsPackageLimits, WebHdfsPackageOptions } from './file-system/webhdfs-package/options.js'
export { createWebHdfsPackageFileSystem } from './file-system/webhdfs-package/webhdfs-package-file-system.js'
export type { AvroCodec } from './format/avro/codec.js'
export type { UnknownFields } from './format/avro/encode-record.js'
export type { AvroSchemaOption } from './format/avro/schema-choice.js'
export { type AvroOptions, avro } from './format/avro.js'
export type { Framing } from './format/bytes/framing.js'
export { type BytesOptions, bytes } from './format/bytes.js'
export type { CompressionName } from './format/compression.js'
export { type CsvColumn, type CsvOptions, csv } from './format/csv.js'
export { type CustomOptions, custom } from './format/custom.js'
export type { Format, FormatFile, FormatWriter, RecordSink } from './format/format.js'
export type { IdForm } from './format/id-form.js'
export { type JsonLinesOptions, jsonLines } from './format/json-lines.js'
export type { ParquetCodec } from './format/parquet/codecs.js'
export type { ParquetColumn, ParquetColumns, ParquetType } from './format/parquet/columns.js'
export { type ParquetOptions, parquet } from './format/parquet.js'
export type { SequenceCompression, SequenceValueClass } from './format/sequence-file/layout.js'
export { type SequenceCodec, type SequenceFileOptions, sequenceFile } from './format/sequence-file.js'
export { type TextOptions, text } from './format/text.js'
export type { TextValue } from './format/text-value.js'
export { type FieldAccessor, type FieldLookup, fieldsOf } from './model/field-lookup.js'
export type { JsonValue } from './model/json-value.js'
export type { Mode } from './model/mode.js'
export { isMultiOutputError, MultiOutputError, type MultiOutputErrorCode } from './model/multi-output-error.js'
export type { OffsetRange, OffsetRanges } from './model/offsets.js'
export { formatId, formatIdWithTopic, type RecordContext, type RecordId } from './model/record-id.js'
export { type HeaderValue, type RecordWithFields, sourceFields } from './model/source-fields.js'
export {
  type Committed,
  MultiOutput,
  type MultiOutputEnvironment,
  type Position,
  runBatch,
  type WriteContext,
} from './multi-output.js'
export type { EventTimeOptions, MultiOutputOptions, StreamOptions } from './options.js'
export { type ByFieldsOptions, byFields } from './partitioner/by-fields.js'
export { type ByFunctionOptions, byFunction } from './partitioner/by-function.js'
export { combine } from './partitioner/combine.js'
export type { TimeUnit } from './partitioner/event-time/value.js'
export { type ByEventTimeOptions, byEventTime } from './partitioner/event-time.js'
export { HIVE_DEFAULT_PARTITION, type MissingValue } from './partitioner/partition-value.js'
export type { Partitioner, WindowedPlace } from './partitioner/partitioner.js'
export { escapePathName, unescapePathName } from './partitioner/path-escaping.js'
export { GroupPipeline, type GroupPipelineOptions } from './pipeline/group-pipeline.js'
export { Pipeline } from './pipeline/pipeline.js'
export { PipelineError, type PipelineErrorCode } from './pipeline/pipeline-error.js'
export type {
  AwayPolicy,
  AwayState,
  BadRecordEvent,
  CommitPolicy,
  PipelineCommit,
  PipelineEvents,
  PipelineOptions,
  PipelineResult,
  PipelineState,
  PipelineStatus,
} from './pipeline/pipeline-options.js'
export type { RollPolicy, SealReason } from './protocol/roll-policy.js'
export type { SealedWindow } from './protocol/windows.js'
export { type MultiOutputSinkOptions, multiOutputSink } from './sink/multi-output-sink.js'
export type { Sink, SinkCommit, SinkRecord, SinkSession, SinkStatus } from './sink/sink.js'
export type { Decoding } from './source/decode.js'
export { type RecordInput, type RecordInputs, type RecordsFromOptions, recordsFrom } from './source/iterable.js'
export type { KafkaConnectionOptions, KafkaGroupOptions, KafkaSasl } from './source/kafka/options.js'
export { kafkaGroup } from './source/kafka.js'
export { type LineOptions, type LineStreamOptions, linesFromFiles, linesFromStream } from './source/lines.js'
export type {
  Source,
  SourceBatch,
  SourceOpenOptions,
  SourceProgress,
  SourceReader,
  SourceRecord,
} from './source/source.js'
export { isSourceError, SourceError, type SourceErrorCode } from './source/source-error.js'
export type { JoinOptions, TaskAssignment, TaskGroup } from './source/task-group.js'
