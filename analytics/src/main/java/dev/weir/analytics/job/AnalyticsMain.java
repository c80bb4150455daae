package dev.weir.analytics.job;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.model.config.ConfigException;
import dev.weir.model.config.ConfigLoader;
import dev.weir.model.config.KafkaConfig;
import java.nio.file.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** The job's entry point on a Flink cluster: {@code AnalyticsMain [--config FILE]}. */
public final class AnalyticsMain {
    private AnalyticsMain() {}

    /** The job's configuration file. */
    public record Settings(KafkaConfig kafka, AnalyticsConfig analytics) {
        public Settings(@Nullable KafkaConfig kafka, @Nullable AnalyticsConfig analytics) {
            this.kafka = kafka == null ? new KafkaConfig(null, null) : kafka;
            this.analytics = analytics == null ? AnalyticsConfig.defaults() : analytics;
        }
    }

    public static void main(String[] args) throws Exception {
        Settings settings = ConfigLoader.load(file(args), Settings.class, System.getenv());
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(FlinkSettings.streaming(settings.analytics()));
        AnalyticsJob.define(
                env, KafkaIo.sources(settings.kafka()), KafkaIo.sinks(settings.kafka()), settings.analytics(), true);
        env.execute("weir");
    }

    private static @Nullable Path file(String[] args) {
        if (args.length == 0) {
            return null;
        }
        if (args.length == 2 && args[0].equals("--config")) {
            return Path.of(args[1]);
        }
        throw new ConfigException("arguments must be none or --config FILE, not " + String.join(" ", args));
    }
}
