package dev.weir.analytics.operator;

import java.io.Serializable;

/** Tells whether the system that a source reads from answers at all. While it does not, a silent partition may hold anything. */
@FunctionalInterface
public interface Answers extends Serializable {
    /** A number that changes with each answer. */
    long count();
}
