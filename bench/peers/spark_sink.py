# Peer (e): Spark Structured Streaming from Kafka to text files on HDFS, a directory a key (`partitionBy`), for bench/peers/spark-sink.ts.
# Exactly once, as Spark has it: the checkpoint of the query and the log of the file sink both lie on HDFS. One warm session for all rounds, in this machine's memory
# (`local[16]`: closes wait more than they compute, so there are as many threads as the Java peer has). `repartition` by key before the write, in sixteen
# parts: else each of the topic's partitions would write a file of its own for each key, and Spark's 200 parts as shipped hold less than a key each.
# Trigger AvailableNow; `maxOffsetsPerTrigger` makes the commits. Timed from the first batch's beginning to the last one's end, so without planning.
# Reads a task a line as JSON, answers with a line of JSON.
import json
import os
import sys
from datetime import datetime

# What the JVM prints must not come between the answers.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

from pyspark.sql import SparkSession  # noqa: E402

THREADS = 16


def answer(content):
    ANSWERS.write(json.dumps(content) + "\n")
    ANSWERS.flush()


def session_of(place):
    builder = SparkSession.builder.master(f"local[{THREADS}]").appName("bench")
    settings = {
        "spark.jars": ",".join(place["jars"]),
        "spark.driver.memory": "2g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": place["directory"],
        "spark.sql.warehouse.dir": place["directory"],
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": THREADS,
        # Splitting records over fewer parts than asked for would close with fewer threads.
        "spark.sql.adaptive.enabled": "false",
        "spark.hadoop.fs.defaultFS": place["url"],
        "spark.hadoop.dfs.replication": 1,
        "spark.hadoop.dfs.client.block.write.locateFollowingBlock.initial.delay.ms": place["closeDelayMs"],
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def pipe(session, task):
    source = {
        "kafka.bootstrap.servers": ",".join(task["brokers"]),
        "subscribe": task["topic"],
        "startingOffsets": "earliest",
    }
    if "recordsPerCommit" in task:
        source["maxOffsetsPerTrigger"] = task["recordsPerCommit"]
    lines = (
        session.readStream.format("kafka")
        .options(**source)
        .load()
        .selectExpr(
            "cast(key as string) as key",
            "concat(cast(partition as string), '-', cast(offset as string), '\\t', cast(value as string)) as value",
        )
        .repartition("key")
    )
    before = cpu_ms(session)
    query = (
        lines.writeStream.format("text")
        .partitionBy("key")
        .option("checkpointLocation", task["path"] + "/_checkpoint")
        .trigger(availableNow=True)
        .start(task["path"])
    )
    query.awaitTermination()
    batches = [each for each in query.recentProgress if each["numInputRows"] > 0]
    began = [datetime.fromisoformat(each["timestamp"].replace("Z", "+00:00")).timestamp() * 1000 for each in batches]
    return {
        "records": sum(each["numInputRows"] for each in batches),
        "ms": began[-1] + batches[-1]["durationMs"]["triggerExecution"] - began[0],
        "cpuMs": cpu_ms(session) - before,
        "peakBytes": resident_bytes_max(session),
        "batches": len(batches),
    }


def jvm_pid(session):
    return session.sparkContext._gateway.proc.pid


def cpu_ms(session):
    """Of the JVM so far; 0 where the system does not tell."""
    try:
        with open(f"/proc/{jvm_pid(session)}/stat") as stat:
            # The name of the program, in brackets, may hold blanks.
            fields = stat.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def resident_bytes_max(session):
    """Of the JVM so far; 0 where the system does not tell."""
    try:
        with open(f"/proc/{jvm_pid(session)}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except FileNotFoundError:
        return 0


def main():
    place = json.loads(sys.argv[1])
    try:
        session = session_of(place)
    except Exception as error:
        return answer({"error": first_line(error)})
    answer({"ready": True})
    for line in sys.stdin:
        try:
            answer(pipe(session, json.loads(line)))
        except Exception as error:
            answer({"error": first_line(error)})
    session.stop()


def first_line(error):
    return f"{type(error).__name__}: {error}".splitlines()[0]


main()
