package dev.weir.analytics.job;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.StateBackend;
import dev.weir.common.config.UnavailableException;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint or savepoint that a start of the job resumes from. A checkpoint is claimed: Flink removes it when newer
 * ones have replaced it. A savepoint belongs to the operator and stays.
 *
 * @param path URI of the folder that holds {@code _metadata}
 * @param mode decides whether Flink may remove it
 */
record RestorePoint(String path, RecoveryClaimMode mode) {
    private static final Logger LOG = LoggerFactory.getLogger(RestorePoint.class);
    private static final String METADATA = "_metadata";
    private static final String SAVEPOINT = "savepoint-";
    /**
     * The depth of Flink's layout: {@code <folder>/<job id>/chk-N/_metadata}, and savepoints in a folder beside the job
     * ids.
     */
    private static final int DEPTH = 3;

    /** A savepoint that an operator names. */
    static RestorePoint savepoint(String path) {
        return new RestorePoint(path, RecoveryClaimMode.NO_CLAIM);
    }

    /**
     * The newest checkpoint or savepoint below a folder that is complete, of any run of the job.
     *
     * @param folder of any file system that Flink knows; need not exist
     * @throws IOException when the folder cannot be listed
     */
    static Optional<RestorePoint> newest(Path folder) throws IOException {
        List<FileStatus> found = new ArrayList<>();
        collect(folder.getFileSystem(), folder, DEPTH, found);
        found.sort(Comparator.comparingLong(FileStatus::getModificationTime).reversed());
        return found.stream()
                .map(FileStatus::getPath)
                .filter(RestorePoint::isComplete)
                .map(metadata -> of(metadata.getParent()))
                .findFirst();
    }

    /**
     * The newest complete state below a folder, for a start that resumes from it.
     *
     * @throws IOException when the folder cannot be listed
     * @throws UnavailableException when the state is of another release or of another backend than the configured one;
     *     the message says how to go on
     */
    static Optional<RestorePoint> resume(Path folder, AnalyticsConfig config) throws IOException {
        Optional<RestorePoint> newest = newest(folder);
        newest.ifPresent(point -> point.requireReadable(config));
        newest.ifPresentOrElse(
                point -> LOG.info("resuming from {}, the newest complete state below {}", point.path(), folder),
                () -> LOG.info(
                        "starting with empty state: there is no checkpoint in {}, as at the first start; baselines are learned from now on",
                        folder));
        return newest;
    }

    /**
     * No state, for a start that is asked to begin anew.
     *
     * @param folder checkpoints of earlier runs; null if none are kept
     */
    static Optional<RestorePoint> fresh(@Nullable String folder) {
        LOG.warn(
                "starting with empty state, as --fresh asks: the job forgets baselines, open alerts and incidents, and begins"
                        + " them anew; those in the database stay, and so do the checkpoints in {}",
                folder);
        return Optional.empty();
    }

    /**
     * Makes sure that the job can restore the state.
     *
     * @throws UnavailableException when there is no state at the path, or it is of another release or of another
     *     backend than the configured one
     */
    void requireReadable(AnalyticsConfig config) {
        CheckpointMetadata state = metadata();
        if (state == null) {
            LOG.warn("{} is left to Flink to check, since this process has no file system for it", path);
            return;
        }
        StateFormat.requireReadable(state, path);
        StateBackend found = StateFormat.backend(state);
        if (found != null && config.state() != StateBackend.AUTO && config.state() != found) {
            String name = found.name().toLowerCase(Locale.ROOT);
            throw new UnavailableException(path + ": the state is of the backend " + name
                    + ", and no other can restore it; set analytics.state to " + name
                    + " or to auto, or start once with"
                    + " --fresh, which begins without baselines, open alerts and incidents");
        }
    }

    /** Makes a job with these settings resume from here, with the state in the backend that wrote it. */
    void applyTo(Configuration settings) {
        settings.set(StateRecoveryOptions.SAVEPOINT_PATH, path);
        settings.set(StateRecoveryOptions.RESTORE_MODE, mode);
        CheckpointMetadata state = metadata();
        StateBackend found = state == null ? null : StateFormat.backend(state);
        if (found != null) {
            FlinkSettings.keepState(settings, found);
        }
    }

    /** Returns null if this process has no file system for the path. */
    private @Nullable CheckpointMetadata metadata() {
        Path metadata = new Path(path.endsWith(METADATA) ? path : path + "/" + METADATA);
        try {
            return read(metadata);
        } catch (UnsupportedFileSystemSchemeException e) {
            return null;
        } catch (IOException e) {
            throw new UnavailableException(path + ": the state cannot be read: " + e.getMessage()
                    + ". Give the folder of a checkpoint or savepoint, which holds " + METADATA + ".");
        }
    }

    private static RestorePoint of(Path folder) {
        return folder.getName().startsWith(SAVEPOINT)
                ? savepoint(folder.toString())
                : new RestorePoint(folder.toString(), RecoveryClaimMode.CLAIM);
    }

    private static void collect(FileSystem files, Path folder, int depth, List<FileStatus> found) throws IOException {
        for (FileStatus status : list(files, folder)) {
            if (status.isDir()) {
                if (depth > 1) {
                    collect(files, status.getPath(), depth - 1, found);
                }
            } else if (status.getPath().getName().equals(METADATA)) {
                found.add(status);
            }
        }
    }

    /** The files of a folder; none if it does not exist or Flink has just removed it. */
    private static FileStatus[] list(FileSystem files, Path folder) throws IOException {
        try {
            FileStatus[] statuses = files.listStatus(folder);
            return statuses == null ? new FileStatus[0] : statuses;
        } catch (FileNotFoundException e) {
            LOG.debug("{} is gone: {}", folder, e.getMessage());
            return new FileStatus[0];
        }
    }

    /** True if the metadata was written to its end. */
    private static boolean isComplete(Path metadata) {
        try {
            read(metadata);
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} is passed over, since it is not complete: {}", metadata.getParent(), e.toString());
            return false;
        }
    }

    private static CheckpointMetadata read(Path metadata) throws IOException {
        try (DataInputStream in = new DataInputStream(metadata.getFileSystem().open(metadata))) {
            return Checkpoints.loadCheckpointMetadata(in, RestorePoint.class.getClassLoader(), metadata.toString());
        }
    }
}
