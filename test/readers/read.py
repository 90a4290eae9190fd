"""Reads files with what other people wrote, for tests of what we wrote: python read.py <reader>, paths as JSON on standard input.

Prints a line of JSON a record, the files' in the order given. What JSON cannot say is an object with one key:
{"$bytes": base64}, {"$integer": digits}, {"$number": "NaN"}, {"$time": microseconds since 1970 in UTC, digits}.
"""
import base64
import csv
import datetime
import decimal
import gzip
import json
import math
import sys

# Beyond it, JavaScript's numbers skip integers.
INTEGER_EXACT_MAX = 2**53 - 1
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
# Python's csv refuses larger fields unless told: the tests write 20 MB.
CSV_FIELD_CHARACTERS_MAX = 2**30


def read_fastavro(path):
    import fastavro

    with open(path, "rb") as file:
        yield from fastavro.reader(file)


def read_pyarrow(path):
    import pyarrow.parquet

    # One file, as it is: no columns made of the directories' names.
    with pyarrow.parquet.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield from file.read_row_group(group).to_pylist()


def read_duckdb(path):
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        result = connection.execute("SELECT * FROM read_parquet(?, hive_partitioning = false)", [path])
        names = [column[0] for column in result.description]
        while rows := result.fetchmany(10_000):
            for row in rows:
                yield dict(zip(names, row))


def read_csv(path):
    with opened(path) as file:
        yield from csv.reader(file)


def read_lines(path):
    with opened(path) as file:
        for line in file:
            yield line.removesuffix("\n")


def opened(path):
    """Text, decompressed after the name; line ends stay as they are."""
    if path.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8", newline="\n")
    if path.endswith(".zst"):
        return zstd().open(path, "rt", encoding="utf-8", newline="\n")
    return open(path, encoding="utf-8", newline="\n")


def zstd():
    try:
        from compression import zstd as module
    except ImportError:
        from backports import zstd as module
    return module


def plain(value):
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) <= INTEGER_EXACT_MAX else {"$integer": str(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$number": repr(value)}
    if isinstance(value, datetime.datetime):
        # Those without a zone are in UTC in all that we write.
        aware = value if value.tzinfo is not None else value.replace(tzinfo=datetime.timezone.utc)
        return {"$time": str((aware - EPOCH) // datetime.timedelta(microseconds=1))}
    if isinstance(value, (decimal.Decimal, datetime.date, datetime.time)):
        return str(value)
    raise TypeError(f"{type(value)}: read.py does not say it in JSON yet")


READERS = {
    "fastavro": read_fastavro,
    "pyarrow": read_pyarrow,
    "duckdb": read_duckdb,
    "csv": read_csv,
    "lines": read_lines,
}


def main():
    csv.field_size_limit(CSV_FIELD_CHARACTERS_MAX)
    read = READERS[sys.argv[1]]
    for path in json.load(sys.stdin):
        for record in read(path):
            # ASCII only: the default escapes the rest, half surrogate pairs too.
            print(json.dumps(plain(record)))


main()
