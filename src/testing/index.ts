// The public names of `hdfs-multi-output/testing`, listed by hand: conformance suites and the simulated file system.
export {}
