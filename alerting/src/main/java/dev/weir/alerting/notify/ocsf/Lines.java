package dev.weir.alerting.notify.ocsf;

import dev.weir.alerting.notify.Delivery;
import java.util.List;

/** Where findings go to. */
public sealed interface Lines extends AutoCloseable permits FileLines, TopicLines {
    /** All of them, or later; they are safe when they are delivered. */
    Delivery add(List<Line> lines) throws InterruptedException;

    @Override
    default void close() {}
}
