package dev.weir.policy;

import com.fasterxml.jackson.databind.JsonNode;

/** Recognises policies that are expected, but known not to be enforced. */
public final class AuditMode {
    /** The label that marks such a policy, with the value {@value #AUDIT}. */
    public static final String LABEL = "weir.dev/mode";

    private static final String AUDIT = "audit";

    private AuditMode() {}

    /** True if an object of the API has the label. */
    public static boolean isSet(JsonNode object) {
        return AUDIT.equals(object.path("metadata").path("labels").path(LABEL).asText());
    }
}
