package dev.weir.standalone.command.client;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.Durations;
import java.time.InstantSource;

/** A time to come. */
final class Until {
    private Until() {}

    /** In milliseconds since 1970, so long after now. */
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
