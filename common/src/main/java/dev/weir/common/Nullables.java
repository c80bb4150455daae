package dev.weir.common;

import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** Combines values that may be absent. */
public final class Nullables {
    private Nullables() {}

    /** Returns the first value, or the second if the first is absent. */
    public static <T> @Nullable T first(@Nullable T a, @Nullable T b) {
        return a == null ? b : a;
    }

    /** Returns the combination of two values, or the one that is present; null if both are absent. */
    public static <T> @Nullable T combined(@Nullable T a, @Nullable T b, BinaryOperator<T> combination) {
        return a == null || b == null ? first(a, b) : combination.apply(a, b);
    }
}
