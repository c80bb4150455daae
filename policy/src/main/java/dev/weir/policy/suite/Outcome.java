package dev.weir.policy.suite;

import org.jspecify.annotations.Nullable;

/**
 * The result of one check.
 *
 * @param file the file of the case
 * @param example name of the case
 * @param check the check for people
 * @param failure the reason for which it fails, several lines; null when it holds
 */
public record Outcome(
        String file, String example, String check, @Nullable String failure) {
    public boolean passed() {
        return failure == null;
    }
}
