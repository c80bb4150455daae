package dev.weir.analytics.job;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.Limit;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the streaming job on a mini cluster in this JVM, resumed from the newest checkpoint of its folder. */
public final class StreamingRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamingRun.class);
    private static final long WAIT_SECONDS = 30;

    private final JobClient job;

    private StreamingRun(JobClient job) {
        this.job = job;
    }

    /**
     * Starts the job.
     *
     * @param folder where checkpoints are kept and looked for
     * @param fresh true to start with empty state; the checkpoints so far are moved aside, so that a further start does
     *     not resume from them
     * @throws Exception when Flink cannot start the job
     */
    public static StreamingRun start(AnalyticsConfig config, KafkaConfig kafka, Path folder, boolean fresh)
            throws Exception {
        Configuration settings =
                FlinkSettings.listeningOnLoopback(FlinkSettings.streaming(config, Files.createDirectories(folder)));
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
        restorePoint(folder, fresh, config).ifPresent(point -> point.applyTo(settings));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(config.parallelism(), settings);
        AnalyticsJob.define(env, KafkaIo.sources(kafka), KafkaIo.sinks(kafka), config, true);
        return new StreamingRun(env.executeAsync("weir"));
    }

    /**
     * Makes sure that the job can resume from the newest state of a folder, before anything else is started.
     *
     * @throws UnavailableException when the state is of another release or of another backend than the configured one;
     *     the message says how to go on
     * @throws IOException when the folder cannot be listed
     */
    public static void requireReadable(Path folder, AnalyticsConfig config) throws IOException {
        RestorePoint.newest(flinkPath(folder)).ifPresent(point -> point.requireReadable(config));
    }

    static Optional<RestorePoint> restorePoint(Path folder, boolean fresh, AnalyticsConfig config) throws IOException {
        if (!fresh) {
            return RestorePoint.resume(flinkPath(folder), config);
        }
        Path aside = folder.resolveSibling(folder.getFileName() + "-discarded");
        FileUtils.deleteDirectory(aside.toFile());
        Files.move(folder, aside);
        Files.createDirectory(folder);
        return RestorePoint.fresh(aside.toString());
    }

    private static org.apache.flink.core.fs.Path flinkPath(Path folder) {
        return org.apache.flink.core.fs.Path.fromLocalFile(folder.toFile());
    }

    /** True if the job reads records; false as well if its status is unknown. */
    public boolean running() {
        return status() == JobStatus.RUNNING;
    }

    /** The number of flows that wait in Kafka for the job; 0 while it reads none. */
    public long lag() {
        return FetchMetrics.lag();
    }

    /** The counts of the limits that its tasks have reached, some seconds old; none if they are not known. */
    public SortedMap<Limit, Long> limits() {
        try {
            return Limit.counts(job.getAccumulators().get(WAIT_SECONDS, TimeUnit.SECONDS)::get);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the job's limits are not known: {}", e.getMessage());
        }
        return Collections.emptySortedMap();
    }

    /** True if the job has ended for good, which it never should by itself. */
    public boolean ended() {
        return status().isTerminalState();
    }

    /** Ends the job; its newest checkpoint stays. */
    @Override
    public void close() {
        try {
            job.cancel().get(WAIT_SECONDS, TimeUnit.SECONDS);
            job.getJobExecutionResult().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // A cancelled job reports its cancellation as a failure.
            LOG.debug("job ended: {}", e.getMessage());
        }
    }

    private JobStatus status() {
        try {
            return job.getJobStatus().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return JobStatus.SUSPENDED;
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the job's status is not known: {}", e.getMessage());
            return JobStatus.SUSPENDED;
        }
    }
}
