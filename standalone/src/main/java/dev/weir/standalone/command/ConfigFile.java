package dev.weir.standalone.command;

import dev.weir.common.config.ConfigLoader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names the configuration file of a process. */
final class ConfigFile {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file; see docs/reference/configuration.md.")
    private @Nullable Path path;

    /**
     * Reads the file and the environment.
     *
     * @throws dev.weir.common.config.ConfigException when one of them is wrong
     */
    <T> T load(Class<T> type) {
        return ConfigLoader.load(path, type, System.getenv());
    }
}
