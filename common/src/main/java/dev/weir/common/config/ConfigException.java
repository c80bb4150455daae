package dev.weir.common.config;

/** A configuration that cannot be used; the message says where, what is wrong, and what would be right. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
