package dev.weir.analytics.job;

import com.google.common.hash.Hashing;
import dev.weir.analytics.StateBackend;
import dev.weir.common.config.UnavailableException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SavepointKeyedStateHandle;
import org.jspecify.annotations.Nullable;

/**
 * The version of the job's state. Flink stores state by the names of its classes and by the uid of its operator, so
 * state of another version cannot be restored. The uids of operators with state of Weir's own carry the version; a
 * checkpoint without such an operator is of another version and is refused before the job starts. Offsets of sources
 * are kept under uids without a version.
 */
final class StateFormat {
    /** The version; raised when a class or a name of the job's state changes. */
    static final int VERSION = 3;

    /** An operator that every checkpoint of the job has. */
    static final String JUDGE = "judge";

    private StateFormat() {}

    /** The uid of an operator with state of this version. */
    static String uid(String operator) {
        return operator + "-v" + VERSION;
    }

    /**
     * Makes sure that state can be restored.
     *
     * @param path of the checkpoint or savepoint, for the message
     * @throws UnavailableException when it is of another version; the message says how to go on
     */
    static void requireReadable(CheckpointMetadata state, String path) {
        OperatorID judge = id(uid(JUDGE));
        if (state.getOperatorStates().stream()
                .noneMatch(each -> each.getOperatorID().equals(judge))) {
            throw new UnavailableException(path
                    + ": the state is of another release of Weir, and this release cannot read it"
                    + " (it reads state version " + VERSION + "). Start once with --fresh. Then baselines are learned"
                    + " anew, open alerts and incidents begin anew, and flows of slices that were still open are not"
                    + " detected; alerts in the database stay, and flows are read on from where Kafka has the job's"
                    + " offsets. To keep the state, run the release that wrote it.");
        }
    }

    /**
     * The backend that wrote the state of keys.
     *
     * @return null if any backend can restore it: there is no state of keys, or it has Flink's canonical form
     */
    static @Nullable StateBackend backend(CheckpointMetadata state) {
        for (OperatorState operator : state.getOperatorStates()) {
            for (OperatorSubtaskState task : operator.getStates()) {
                for (KeyedStateHandle handle : task.getManagedKeyedState()) {
                    if (handle instanceof IncrementalKeyedStateHandle) {
                        return StateBackend.ROCKSDB;
                    }
                    if (handle instanceof KeyGroupsStateHandle && !(handle instanceof SavepointKeyedStateHandle)) {
                        return StateBackend.HEAP;
                    }
                }
            }
        }
        return null;
    }

    /** The id that Flink derives from a uid: 128 bits of Murmur3. */
    static OperatorID id(String uid) {
        return new OperatorID(
                Hashing.murmur3_128(0).hashString(uid, StandardCharsets.UTF_8).asBytes());
    }
}
