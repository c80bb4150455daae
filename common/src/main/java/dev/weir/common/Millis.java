package dev.weir.common;

/** Lengths of time in milliseconds, for arithmetic with event times. */
public final class Millis {
    public static final long MINUTE = 60_000;
    public static final long HOUR = 60 * MINUTE;
    public static final long DAY = 24 * HOUR;

    private Millis() {}
}
