// How a Parquet file says which of its columns holds ids. By itself, for who reads files without the library that writes them.

/** Metadata of a file that has ids: the name of their column. */
export const ID_COLUMN_METADATA = 'hdfs-multi-output.id-column'
