// Peer (d): kafka-clients and Hadoop's own client, for bench/peers/java-sink.ts. One thread reads, a writer per key, append-or-create.
// `append`: what came is held by key (a key that grows beyond 1 MiB goes to its open stream at once); a commit opens, writes and closes every touched
// file, 16 at once, and exactly once it is not: positions are kept nowhere. `hflush`: streams stay open, a commit is an hflush on each, 16 at once,
// and the end closes them. Reads a command a line, answers with a line of JSON; stays warm from round to round.
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

public class JavaSink {
  private static final int THREADS = 16;
  private static final int HELD_BYTES_MAX = 1 << 20;

  /** A key: its file, what is held, and its stream while that is open. */
  private static final class Writer {
    final Path path;
    final ByteArrayOutputStream held = new ByteArrayOutputStream(4096);
    FSDataOutputStream stream;
    boolean exists;

    Writer(Path path) { this.path = path; }

    void send(FileSystem fileSystem) throws Exception {
      if (stream == null) stream = exists ? fileSystem.append(path) : fileSystem.create(path, false);
      exists = true;
      held.writeTo(stream);
      held.reset();
    }

    void close() throws Exception {
      if (stream != null) stream.close();
      stream = null;
    }
  }

  public static void main(String[] arguments) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set("dfs.replication", "1");
    configuration.set("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", arguments[2]);
    FileSystem fileSystem = FileSystem.newInstance(new URI(arguments[0]), configuration, arguments[1]);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    System.out.println("{\"ready\":true}");
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ");
      System.out.println(pipe(fileSystem, threads, words));
    }
    threads.shutdown();
  }

  /** Words: append or hflush, brokers, topic, partitions, records, records a commit, milliseconds a commit, directory. */
  private static String pipe(FileSystem fileSystem, ExecutorService threads, String[] words) throws Exception {
    boolean keepsOpen = words[0].equals("hflush");
    long records = Long.parseLong(words[4]);
    long recordsPerCommit = Long.parseLong(words[5]);
    long commitNanos = Long.parseLong(words[6]) * 1_000_000L;
    List<TopicPartition> partitions = new ArrayList<>();
    for (int partition = 0; partition < Integer.parseInt(words[3]); partition += 1) {
      partitions.add(new TopicPartition(words[2], partition));
    }
    Map<String, Writer> writers = new HashMap<>();
    List<Long> commits = new ArrayList<>();
    long cpu = cpuNanos();
    long count = 0;
    long start;
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings(words[1]))) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      start = System.nanoTime();
      long since = 0;
      long last = start;
      while (count < records) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          String key = new String(record.key(), StandardCharsets.ISO_8859_1);
          Writer writer = writers.get(key);
          if (writer == null) writers.put(key, writer = new Writer(new Path(words[7], key)));
          writer.held.write((record.partition() + "-" + record.offset() + "\t").getBytes(StandardCharsets.ISO_8859_1));
          writer.held.write(record.value());
          writer.held.write('\n');
          if (writer.held.size() >= HELD_BYTES_MAX) writer.send(fileSystem);
          count += 1;
          since += 1;
          if (since < recordsPerCommit && System.nanoTime() - last < commitNanos) continue;
          commits.add(commit(fileSystem, threads, writers.values(), keepsOpen));
          since = 0;
          last = System.nanoTime();
        }
      }
      if (since > 0) commits.add(commit(fileSystem, threads, writers.values(), keepsOpen));
    }
    long committed = System.nanoTime();
    inParallel(threads, writers.values(), Writer::close);
    long closed = System.nanoTime();
    return "{\"records\":" + count + ",\"ms\":" + (committed - start) / 1e6 + ",\"closedMs\":" + (closed - start) / 1e6
        + ",\"cpuMs\":" + (cpuNanos() - cpu) / 1e6 + ",\"peakBytes\":" + residentBytesMax() + ",\"commitMs\":" + commits + "}";
  }

  private static long commit(FileSystem fileSystem, ExecutorService threads, Collection<Writer> writers, boolean keepsOpen)
      throws Exception {
    long start = System.nanoTime();
    inParallel(threads, writers, (writer) -> {
      if (writer.held.size() > 0) writer.send(fileSystem);
      if (!keepsOpen) writer.close();
      else if (writer.stream != null) writer.stream.hflush();
    });
    return (System.nanoTime() - start) / 1_000_000L;
  }

  private interface Work { void on(Writer writer) throws Exception; }

  private static void inParallel(ExecutorService threads, Collection<Writer> writers, Work work) throws Exception {
    List<Callable<Void>> calls = new ArrayList<>();
    for (Writer writer : writers) calls.add(() -> { work.on(writer); return null; });
    for (Future<Void> done : threads.invokeAll(calls)) done.get();
  }

  private static Properties settings(String brokers) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("key.deserializer", ByteArrayDeserializer.class.getName());
    settings.put("value.deserializer", ByteArrayDeserializer.class.getName());
    settings.put("enable.auto.commit", "false");
    settings.put("max.poll.records", "5000");
    return settings;
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  /** Of the process so far; 0 where the system does not tell. */
  private static long residentBytesMax() throws Exception {
    java.nio.file.Path status = Paths.get("/proc/self/status");
    if (!Files.exists(status)) return 0;
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
    return 0;
  }
}
