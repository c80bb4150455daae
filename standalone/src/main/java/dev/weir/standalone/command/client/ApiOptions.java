package dev.weir.standalone.command.client;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Weir is asked, and how its answers are shown. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ApiOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:WEIR_URL:-http://127.0.0.1:8080}",
            description = "Where it is; by default WEIR_URL or this machine's.")
    String url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            defaultValue = "${env:WEIR_TOKEN_FILE}",
            description = "File that holds a token; by default WEIR_TOKEN_FILE.")
    @Nullable Path tokenFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            defaultValue = "${env:WEIR_CA_FILE}",
            description = "PEM certificates that https is trusted by, in place of Java's; by default WEIR_CA_FILE.")
    @Nullable Path caFile;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, wide, json or yaml.")
    Format format;

    /** How answers are shown. */
    enum Format {
        TABLE,
        WIDE,
        JSON,
        YAML
    }
}
