package dev.weir.analytics.operator;

import java.io.Serializable;

/**
 * Counts the answers of the system that a source reads from. While it does not answer, a silent partition may hold
 * flows.
 */
@FunctionalInterface
public interface AnswerCounter extends Serializable {
    /** The count in a process that reads no partition: no answer will come, and nothing is to be waited for. */
    long NOT_READING = -1;

    /** A number that changes with each answer, or {@link #NOT_READING}. */
    long count();
}
