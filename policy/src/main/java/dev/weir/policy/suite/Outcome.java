package dev.weir.policy.suite;

import org.jspecify.annotations.Nullable;

/**
 * One check's result.
 *
 * @param file the file of the case
 * @param example name of the case
 * @param check what was checked
 * @param failure why it does not hold, several lines; null when it does
 */
public record Outcome(
        String file, String example, String check, @Nullable String failure) {
    public boolean passed() {
        return failure == null;
    }
}
