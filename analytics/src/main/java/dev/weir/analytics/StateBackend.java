package dev.weir.analytics;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The place of the job's state while it runs. A checkpoint can only be restored into the backend that wrote it. */
public enum StateBackend {
    /** The heap; each checkpoint writes the whole state. */
    @JsonProperty("heap")
    HEAP,
    /** RocksDB on disk, with a cache in memory; a checkpoint writes what has changed. */
    @JsonProperty("rocksdb")
    ROCKSDB,
    /** The backend of the state that the job resumes from, or RocksDB if there is none. */
    @JsonProperty("auto")
    AUTO
}
