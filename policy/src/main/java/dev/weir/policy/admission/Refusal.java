package dev.weir.policy.admission;

/**
 * One mistake for which the API server refuses an object.
 *
 * @param field path such as {@code spec.ingress[0].ports[1].endPort}; empty for the object as a whole
 * @param reason the mistake, and a description of a valid value
 */
public record Refusal(String field, String reason) {}
