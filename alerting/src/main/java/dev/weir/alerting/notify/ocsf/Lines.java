package dev.weir.alerting.notify.ocsf;

import dev.weir.alerting.notify.Delivery;
import java.util.List;

/** A target for findings, one line each. */
public sealed interface Lines extends AutoCloseable permits FileLines, TopicLines {
    /** Delivers all lines, or reports that they should be tried later; delivered lines are safe. */
    Delivery add(List<Line> lines) throws InterruptedException;

    @Override
    default void close() {}
}
