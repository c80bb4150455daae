package dev.weir.common.config;

/** A configuration that cannot be used. The message says where the mistake is, what it is, and what would be right. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
