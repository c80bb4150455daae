package dev.weir.ingest.collector.logs;

import dev.weir.ingest.format.LineFormats;
import dev.weir.model.config.ConfigException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code logs} collector.
 *
 * @param paths files to read, {@code -} for standard input
 * @param follow whether to go on reading as the files grow
 * @param format name of the format of all of them; null to tell it by the first line of each
 */
public record LogsConfig(
        List<String> paths, Boolean follow, @Nullable String format) {
    public LogsConfig(@Nullable List<String> paths, @Nullable Boolean follow, @Nullable String format) {
        this.paths = paths == null ? List.of() : List.copyOf(paths);
        this.follow = follow == null || follow;
        this.format = format;
        if (format != null && LineFormats.named(format) == null) {
            throw new ConfigException("format '" + format + "' is none of " + LineFormats.words());
        }
    }
}
