package dev.weir.common.config;

/** Checks numbers of a configuration against their bounds. */
public final class Bounds {
    private Bounds() {}

    /**
     * Requires a port; 0 means any free one.
     *
     * @throws ConfigException naming the key
     */
    public static void requirePort(String key, int port) {
        if (port < 0 || port > 65_535) {
            throw new ConfigException(key + " " + port + " is outside 0..65535");
        }
    }

    /**
     * Requires a number of at least one.
     *
     * @throws ConfigException naming the key
     */
    public static void requireOne(String key, int number) {
        if (number < 1) {
            throw new ConfigException(key + " must be at least 1");
        }
    }
}
