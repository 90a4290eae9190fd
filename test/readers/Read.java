// Reads files with Hadoop's own classes, for tests of what we wrote: java Read.java <reader>, paths as JSON on standard input.
//
// Prints a line of JSON a record, the files' in the order given. Bytes that are no text are {"$bytes": base64}.
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FsShell;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.util.LineReader;
import org.apache.hadoop.util.ReflectionUtils;
import org.apache.hadoop.util.ToolRunner;

public class Read {
  // Escaped to ASCII: half surrogate pairs come through as they are.
  private static final ObjectMapper JSON =
      new ObjectMapper(new JsonFactoryBuilder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build());
  private static final long SPLIT_BYTES = 50_000;
  private static final Configuration CONFIGURATION = new Configuration();
  // FsShell prints to System.out, which is then somewhere else.
  private static final PrintStream OUT =
      new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.US_ASCII);

  public static void main(String[] arguments) throws Exception {
    for (String path : JSON.readValue(System.in, String[].class)) {
      switch (arguments[0]) {
        case "sequence-file":
          readSequenceFile(path, 0, Long.MAX_VALUE);
          break;
        case "sequence-file-splits":
          readSequenceFileInSplits(path);
          break;
        case "fs-shell-text":
          readByShell(path);
          break;
        case "line-reader":
          readLines(path);
          break;
        default:
          throw new IllegalArgumentException(arguments[0]);
      }
    }
    OUT.flush();
    if (OUT.checkError()) System.exit(1);
  }

  // Keys and values of the records that a split holds: those that begin in it, and the ones behind its end up to a marker.
  private static void readSequenceFile(String path, long start, long end) throws Exception {
    try (SequenceFile.Reader reader =
        new SequenceFile.Reader(CONFIGURATION, SequenceFile.Reader.file(new Path("file://" + path)))) {
      Writable key = (Writable) ReflectionUtils.newInstance(reader.getKeyClass(), CONFIGURATION);
      Writable value = (Writable) ReflectionUtils.newInstance(reader.getValueClass(), CONFIGURATION);
      if (start > reader.getPosition()) reader.sync(start);
      for (;;) {
        long position = reader.getPosition();
        if (!reader.next(key, value)) return;
        if (position >= end && reader.syncSeen()) return;
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("key", plain(key));
        record.put("value", plain(value));
        print(record);
      }
    }
  }

  // In pieces, as MapReduce and Spark share a file out: markers in the wrong places would lose records or repeat them.
  private static void readSequenceFileInSplits(String path) throws Exception {
    Path file = new Path("file://" + path);
    long length = file.getFileSystem(CONFIGURATION).getFileStatus(file).getLen();
    for (long start = 0; start < length; start += SPLIT_BYTES) {
      readSequenceFile(path, start, Math.min(start + SPLIT_BYTES, length));
    }
  }

  private static Object plain(Writable value) {
    if (!(value instanceof BytesWritable)) return value.toString();
    return Map.of("$bytes", Base64.getEncoder().encodeToString(((BytesWritable) value).copyBytes()));
  }

  // What `hdfs dfs -text` prints, line by line.
  private static void readByShell(String path) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    int status = ToolRunner.run(CONFIGURATION, new FsShell(), new String[] {"-text", "file://" + path});
    if (status != 0) throw new Exception("hdfs dfs -text " + path + " ends with status " + status);
    String text = printed.toString(StandardCharsets.UTF_8);
    if (text.isEmpty()) return;
    if (!text.endsWith("\n")) throw new Exception(path + " does not end with a line end");
    for (String line : Arrays.asList(text.substring(0, text.length() - 1).split("\n", -1))) print(line);
  }

  // The lines of a file as TextInputFormat finds them, which MapReduce and Spark read text with.
  private static void readLines(String path) throws Exception {
    Path file = new Path("file://" + path);
    FileSystem fileSystem = file.getFileSystem(CONFIGURATION);
    CompressionCodec codec = new CompressionCodecFactory(CONFIGURATION).getCodec(file);
    InputStream stored = fileSystem.open(file);
    try (LineReader reader = new LineReader(codec == null ? stored : codec.createInputStream(stored))) {
      Text line = new Text();
      while (reader.readLine(line) > 0) print(line.toString());
    }
  }

  private static void print(Object record) throws Exception {
    OUT.println(JSON.writeValueAsString(record));
  }
}
