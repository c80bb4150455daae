package dev.weir.analytics.job;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigLoader;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job's entry point on a Flink cluster: {@code AnalyticsMain [--config FILE] [--from-savepoint PATH | --fresh]}.
 *
 * <p>Without the last two the job resumes from the newest complete checkpoint or savepoint below {@code
 * execution.checkpointing.dir}, so a JobManager that is started again goes on where the one before ended. Flink's own
 * recovery (high availability, {@code --fromSavepoint} of its command lines) comes first where it is set up. Both
 * options are for one start by hand: a service that is restarted by itself must not carry them.
 */
public final class AnalyticsMain {
    private static final Logger LOG = LoggerFactory.getLogger(AnalyticsMain.class);

    private AnalyticsMain() {}

    /** The job's configuration file. */
    public record Settings(KafkaConfig kafka, AnalyticsConfig analytics) {
        public Settings(@Nullable KafkaConfig kafka, @Nullable AnalyticsConfig analytics) {
            this.kafka = kafka == null ? new KafkaConfig(null, null) : kafka;
            this.analytics = analytics == null ? AnalyticsConfig.defaults() : analytics;
        }
    }

    /** The parsed command line. */
    record Arguments(@Nullable Path config, @Nullable String savepoint, boolean fresh) {
        /**
         * Parses the command line.
         *
         * @throws ConfigException for an option that is unknown, has no value, or contradicts another
         */
        static Arguments parse(String... args) {
            Path config = null;
            String savepoint = null;
            boolean fresh = false;
            for (int i = 0; i < args.length; i++) {
                switch (args[i]) {
                    case "--config" -> config = Path.of(value(args, ++i));
                    case "--from-savepoint" -> savepoint = value(args, ++i);
                    case "--fresh" -> fresh = true;
                    default ->
                        throw new ConfigException("argument " + args[i]
                                + " is unknown; there are --config FILE, --from-savepoint PATH and --fresh");
                }
            }
            if (fresh && savepoint != null) {
                throw new ConfigException("--fresh and --from-savepoint exclude each other; give one of them");
            }
            return new Arguments(config, savepoint, fresh);
        }

        private static String value(String[] args, int at) {
            if (at == args.length) {
                throw new ConfigException(args[at - 1] + " needs a value");
            }
            return args[at];
        }
    }

    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args);
        Settings settings = ConfigLoader.load(arguments.config(), Settings.class, System.getenv());
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(FlinkSettings.streaming(settings.analytics()));
        Configuration restore = new Configuration();
        try {
            restorePoint(arguments, env.getConfiguration(), settings.analytics())
                    .ifPresent(point -> point.applyTo(restore));
        } catch (UnavailableException e) {
            // Flink logs the exception under many others; this line stands for itself.
            LOG.error("the job does not start: {}", e.getMessage());
            throw e;
        }
        env.configure(restore);
        AnalyticsJob.define(
                env, KafkaIo.sources(settings.kafka()), KafkaIo.sinks(settings.kafka()), settings.analytics(), true);
        env.execute("weir");
    }

    /**
     * The state that a start resumes from.
     *
     * @throws IOException when the checkpoint folder cannot be listed
     * @throws UnavailableException when the state is of another release or of another backend than the configured one;
     *     the message says how to go on
     */
    static Optional<RestorePoint> restorePoint(Arguments arguments, ReadableConfig flink, AnalyticsConfig config)
            throws IOException {
        String folder = flink.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY);
        if (arguments.savepoint() != null) {
            LOG.info("resuming from {}, as --from-savepoint asks", arguments.savepoint());
            RestorePoint savepoint = RestorePoint.savepoint(arguments.savepoint());
            savepoint.requireReadable(config);
            return Optional.of(savepoint);
        }
        if (arguments.fresh()) {
            return RestorePoint.fresh(folder);
        }
        Optional<String> asked = flink.getOptional(StateRecoveryOptions.SAVEPOINT_PATH);
        if (asked.isPresent()) {
            LOG.info("resuming from {}, as Flink was asked", asked.get());
            RestorePoint point = new RestorePoint(asked.get(), flink.get(StateRecoveryOptions.RESTORE_MODE));
            point.requireReadable(config);
            return Optional.of(point);
        }
        if (folder == null) {
            LOG.warn(
                    "starting with empty state: execution.checkpointing.dir is not set, so a restart forgets baselines and"
                            + " incidents; set it to a folder that all Flink processes share");
            return Optional.empty();
        }
        return RestorePoint.resume(new org.apache.flink.core.fs.Path(folder), config);
    }
}
