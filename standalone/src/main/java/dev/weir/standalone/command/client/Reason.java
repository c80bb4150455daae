package dev.weir.standalone.command.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the reason of a change, which the timeline shows. */
final class Reason {
    @Option(names = "--reason", paramLabel = "TEXT", description = "Reason, for the timeline.")
    @Nullable String reason;
}
