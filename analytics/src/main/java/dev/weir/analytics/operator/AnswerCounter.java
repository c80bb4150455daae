package dev.weir.analytics.operator;

import java.io.Serializable;

/**
 * Counts the answers of the system that a source reads from. While it does not answer, a silent partition may hold
 * flows.
 */
@FunctionalInterface
public interface AnswerCounter extends Serializable {
    /** A number that changes with each answer. */
    long count();
}
