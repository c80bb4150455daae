package dev.weir.common.config;

/** What numbers of a configuration have to be. */
public final class Bounds {
    private Bounds() {}

    /**
     * A port; 0 is any free one.
     *
     * @throws ConfigException naming the key
     */
    public static void requirePort(String key, int port) {
        if (port < 0 || port > 65_535) {
            throw new ConfigException(key + " " + port + " is outside 0..65535");
        }
    }

    /**
     * A number of things of which there has to be one.
     *
     * @throws ConfigException naming the key
     */
    public static void requireOne(String key, int number) {
        if (number < 1) {
            throw new ConfigException(key + " must be at least 1");
        }
    }
}
