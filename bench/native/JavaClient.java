// Hadoop's own client, for bench/native.ts: reads a command a line, answers with a line `<milliseconds> <CPU milliseconds>`.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

public class JavaClient {
  private static final int THREADS = 16;
  private static final byte[] PIECE = new byte[64 * 1024];
  private static final byte[] SMALL = new byte[4 * 1024];

  public static void main(String[] arguments) throws Exception {
    FileSystem shipped = open(arguments[0], arguments[1], 400);
    FileSystem tuned = open(arguments[0], arguments[1], 10);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ");
      FileSystem fileSystem = words[1].equals("shipped") ? shipped : tuned;
      int count = Integer.parseInt(words[3]);
      System.out.println(measure(fileSystem, threads, words[0], words[2], count));
    }
    threads.shutdown();
  }

  private static FileSystem open(String url, String user, int closeDelayMs) throws Exception {
    Configuration configuration = new Configuration();
    configuration.setInt("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", closeDelayMs);
    return FileSystem.newInstance(new URI(url), configuration, user);
  }

  private static String measure(FileSystem fileSystem, ExecutorService threads, String what, String path, int count)
      throws Exception {
    List<FSDataOutputStream> streams = new ArrayList<>();
    List<Callable<Void>> work = new ArrayList<>();
    switch (what) {
      case "stream":
        work.add(() -> {
          FSDataOutputStream stream = fileSystem.create(new Path(path));
          for (int piece = 0; piece < count * 16; piece += 1) stream.write(PIECE);
          stream.close();
          return null;
        });
        break;
      case "close":
        for (int file = 0; file < count; file += 1) {
          FSDataOutputStream stream = fileSystem.create(new Path(path, "f" + file), false, 4096, (short) 1, 4L << 20);
          stream.write(SMALL);
          stream.hflush();
          streams.add(stream);
        }
        for (FSDataOutputStream stream : streams) work.add(() -> { stream.close(); return null; });
        break;
      case "append":
      case "hflush":
        for (int file = 0; file < count; file += 1) {
          Path name = new Path(path, "f" + file);
          work.add(() -> {
            FSDataOutputStream stream = fileSystem.append(name);
            stream.write(SMALL);
            if (what.equals("append")) stream.close();
            else stream.hflush();
            synchronized (streams) { streams.add(stream); }
            return null;
          });
        }
        break;
      default:
        throw new IllegalArgumentException(what);
    }
    long cpu = cpuNanos();
    long start = System.nanoTime();
    for (Future<Void> done : threads.invokeAll(work)) done.get();
    double elapsedMs = (System.nanoTime() - start) / 1e6;
    double cpuMs = (cpuNanos() - cpu) / 1e6;
    if (what.equals("hflush")) for (FSDataOutputStream stream : streams) stream.close();
    return elapsedMs + " " + cpuMs;
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }
}
