package dev.weir.alerting.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.weir.model.Alert;
import org.jspecify.annotations.Nullable;

/**
 * An alert as the API answers it: the fields of the record and the link to its runbook.
 *
 * @param runbookUrl absent without {@code alerting.runbooks_url}
 */
record AlertWithRunbook(
        @JsonUnwrapped Alert alert, @Nullable String runbookUrl) {}
