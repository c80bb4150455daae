package dev.weir.analytics.operator;

import dev.weir.model.ContextChange;
import java.io.Serializable;
import java.util.List;

/**
 * Reads the context that exists at the start. Each judge calls it before its first flow, so that no flow is judged
 * before the context that was known when the job began.
 */
public interface ContextLoader extends Serializable {
    List<ContextChange> load();
}
