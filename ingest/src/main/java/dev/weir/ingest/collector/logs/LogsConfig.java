package dev.weir.ingest.collector.logs;

import dev.weir.common.config.ConfigException;
import dev.weir.ingest.format.LineFormats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code logs} collector.
 *
 * @param paths files to read, {@code -} for standard input
 * @param follow true to go on reading as the files grow
 * @param format name of the format of all files; null to detect it by the first line of each
 * @param http flows by {@code POST}
 * @param kafka flows from a topic
 */
public record LogsConfig(
        List<String> paths, Boolean follow, @Nullable String format, HttpConfig http, TopicConfig kafka) {
    public LogsConfig(
            @Nullable List<String> paths,
            @Nullable Boolean follow,
            @Nullable String format,
            @Nullable HttpConfig http,
            @Nullable TopicConfig kafka) {
        this.paths = paths == null ? List.of() : List.copyOf(paths);
        this.follow = follow == null || follow;
        this.format = format;
        this.http = http == null ? HttpConfig.off() : http;
        this.kafka = kafka == null ? TopicConfig.off() : kafka;
        if (format != null && LineFormats.named(format) == null) {
            throw new ConfigException("format '" + format + "' is none of " + LineFormats.ids());
        }
    }
}
