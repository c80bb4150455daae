package dev.weir.ingest.collector.file;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code file} collector.
 *
 * @param paths files to read, {@code -} for standard input
 * @param follow whether to go on reading as the files grow
 */
public record FileConfig(List<String> paths, Boolean follow) {
    public FileConfig(@Nullable List<String> paths, @Nullable Boolean follow) {
        this.paths = paths == null ? List.of() : List.copyOf(paths);
        this.follow = follow == null || follow;
    }
}
