package dev.weir.standalone;

import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.CollectorTypes;
import dev.weir.ingest.IngestConfig;
import dev.weir.ingest.collector.CollectorChecks;
import dev.weir.standalone.broker.KafkaSettings;
import org.jspecify.annotations.Nullable;

/**
 * The checks of collectors, which add to those of the process. They are a class of their own, since {@code weir
 * alerting} checks its configuration without ingest on its class path, where no class that is verified may need it.
 */
final class ChecksOfCollectors implements CollectorChecks {
    private final StartChecks checks;

    ChecksOfCollectors(StartChecks checks) {
        this.checks = checks;
    }

    /** Checks the settings of every collector. */
    void run(IngestConfig config) {
        CollectorTypes.ALL.forEach(type -> type.check(this, config.collectors().of(type)));
    }

    @Override
    public void tcp(String kind, String host, int port, String key) {
        checks.tcp(kind, host, port, key);
    }

    @Override
    public void udp(String kind, String host, int port, String key) {
        checks.udp(kind, host, port, key);
    }

    @Override
    public boolean file(String key, @Nullable String path) {
        return checks.file(key, path);
    }

    @Override
    public void kafka(KafkaConfig kafka, String section) {
        checks.check(() -> KafkaSettings.check(kafka, section));
    }

    @Override
    public void check(Check check) {
        checks.check(check::run);
    }

    @Override
    public void mistake(String sentence) {
        checks.mistake(sentence);
    }
}
