package dev.weir.standalone.command.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Why something is done: the timeline shows it. */
final class Reason {
    @Option(names = "--reason", paramLabel = "TEXT", description = "Reason, for the timeline.")
    @Nullable String reason;
}
