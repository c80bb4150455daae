package dev.weir.policy.recommend;

import java.util.List;

/**
 * Policies that allow recorded traffic.
 *
 * @param policies as YAML, each with comments about its evidence
 * @param namespaces of the policies, which must exist before them
 * @param leftOut edges that no policy allows, each with the reason
 * @param warnings for a person to check
 */
public record Recommendation(
        List<String> policies, List<String> namespaces, List<String> leftOut, List<String> warnings) {}
