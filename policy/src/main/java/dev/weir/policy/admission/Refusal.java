package dev.weir.policy.admission;

/**
 * One thing that the API server refuses.
 *
 * @param field path such as {@code spec.ingress[0].ports[1].endPort}; empty for the object as a whole
 * @param reason what is wrong with it, and what would be right
 */
public record Refusal(String field, String reason) {}
