package dev.weir.standalone.command.client;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.Durations;
import java.time.InstantSource;

/** Computes the end of a duration that starts now. */
final class Until {
    private Until() {}

    /**
     * The time after a duration from now, in milliseconds since 1970.
     *
     * @param duration for example {@code 4h}
     */
    static long after(String duration) {
        try {
            return Math.addExact(
                    InstantSource.system().millis(), Durations.parse(duration).toMillis());
        } catch (ArithmeticException e) {
            throw new ConfigException("--for: '" + duration + "' is longer than the longest time");
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--for: " + e.getMessage());
        }
    }
}
