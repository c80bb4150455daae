package dev.weir.policy.recommend;

import java.util.List;

/**
 * Policies that allow what was seen.
 *
 * @param policies NetworkPolicies as YAML, each with comments that say what it rests on
 * @param namespaces those that the policies belong to, which must be there before them
 * @param leftOut edges that no policy allows, each with the reason
 * @param warnings what a person should look at
 */
public record Recommendation(
        List<String> policies, List<String> namespaces, List<String> leftOut, List<String> warnings) {}
