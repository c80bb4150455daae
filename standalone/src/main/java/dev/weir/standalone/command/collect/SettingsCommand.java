package dev.weir.standalone.command.collect;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigKey;
import dev.weir.common.config.ConfigLoader;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorType;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints flows of a collector of the registry, with its settings as the configuration has them. */
@Command(mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SettingsCommand implements Callable<Integer> {
    private final CollectorType<?> type;

    @Spec
    private CommandSpec spec;

    @Mixin
    private Printing printing;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting of the collector, as its section of the configuration has it.")
    private Map<String, String> settings = Map.of();

    SettingsCommand(CollectorType<?> type) {
        this.type = type;
    }

    @Override
    public Integer call() throws InterruptedException {
        Record config = ConfigLoader.changed("--set", (Record) type.defaults(), nested());
        Collector collector = type.createAlone(printing.setup(), config);
        if (collector == null) {
            String keys =
                    ConfigKey.of(type.config()).stream().map(ConfigKey::name).collect(Collectors.joining(", "));
            throw new ConfigException(
                    type.kind() + " is switched off by its settings; switch it on with --set, whose keys are " + keys);
        }
        return printing.run(
                collector,
                () -> spec.commandLine().getErr().println("weir: " + type.kind() + " collects; Ctrl-C stops"));
    }

    /** Returns the settings with a section for each part of a key before a dot. */
    private Map<String, Object> nested() {
        Map<String, Object> whole = new HashMap<>();
        settings.forEach((key, value) -> put(whole, key, value));
        return whole;
    }

    @SuppressWarnings("unchecked") // a section that was put here before
    private static void put(Map<String, Object> section, String key, String value) {
        int dot = key.indexOf('.');
        if (dot < 0) {
            section.put(key, value);
        } else if (section.computeIfAbsent(key.substring(0, dot), name -> new HashMap<String, Object>())
                instanceof Map<?, ?> inner) {
            put((Map<String, Object>) inner, key.substring(dot + 1), value);
        } else {
            throw new ConfigException("--set " + key + ": is given both as a value and as a section");
        }
    }
}
