package dev.weir.analytics.operator;

import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.runtime.state.KeyedStateBackend;

/** The part of the JVM's heap that one task of an operator may take. */
final class HeapShare {
    private HeapShare() {}

    /** Returns a share of the heap, divided by the tasks of the operator, all of which may be in one JVM; in bytes. */
    static long ofTask(RuntimeContext context, int share) {
        return Runtime.getRuntime().maxMemory() / share / context.getTaskInfo().getNumberOfParallelSubtasks();
    }

    /** True if Flink keeps keyed state on the heap. */
    static boolean holds(KeyedStateBackend<?> state) {
        return state.getBackendTypeIdentifier().equals("hashmap");
    }
}
