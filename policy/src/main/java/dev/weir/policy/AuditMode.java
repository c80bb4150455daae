package dev.weir.policy;

import com.fasterxml.jackson.databind.JsonNode;

/** Policies that are expected, but known not to be enforced. */
public final class AuditMode {
    /** A policy with this label set to {@value #AUDIT} is one. */
    public static final String LABEL = "weir.dev/mode";

    private static final String AUDIT = "audit";

    private AuditMode() {}

    /** Whether an object, as the API has it, says so. */
    public static boolean isSet(JsonNode object) {
        return AUDIT.equals(object.path("metadata").path("labels").path(LABEL).asText());
    }
}
