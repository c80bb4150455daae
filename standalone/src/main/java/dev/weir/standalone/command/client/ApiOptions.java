package dev.weir.standalone.command.client;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the address of the API and the format of its answers. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ApiOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:WEIR_URL:-http://127.0.0.1:8080}",
            description = "URL of the API. Default: WEIR_URL, else%nhttp://127.0.0.1:8080")
    String url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            defaultValue = "${env:WEIR_TOKEN_FILE}",
            description = "File with the token of the API. Default: the file that WEIR_TOKEN_FILE names")
    @Nullable Path tokenFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            defaultValue = "${env:WEIR_CA_FILE}",
            description = "PEM file of the certificate authorities trusted for https. Default: the file that"
                    + " WEIR_CA_FILE names, else those of Java")
    @Nullable Path caFile;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "Format of the output: table, wide, json or yaml. Default: table")
    Format format;

    /** The format in which answers are shown. */
    enum Format {
        TABLE,
        WIDE,
        JSON,
        YAML
    }
}
