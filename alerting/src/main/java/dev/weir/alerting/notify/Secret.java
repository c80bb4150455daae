package dev.weir.alerting.notify;

import dev.weir.common.config.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads secrets from the configuration or from files; none of them is ever in a message. */
public final class Secret {
    private Secret() {}

    /**
     * Returns a text; null where neither is given, or it is empty.
     *
     * @throws ConfigException when the file cannot be read, or it has several lines
     */
    public static @Nullable String text(@Nullable String value, @Nullable String file, String key) {
        String text = value;
        if (text == null && file != null) {
            try {
                text = Files.readString(Path.of(file)).trim();
            } catch (IOException e) {
                throw new ConfigException(key + "_file: " + file + " cannot be read");
            }
        }
        if (text != null && text.chars().anyMatch(Character::isISOControl)) {
            throw new ConfigException(key + ": must be one line, without control characters");
        }
        return text == null || text.isEmpty() ? null : text;
    }

    /**
     * Returns a token for a header; null where no file is given.
     *
     * @throws ConfigException when the file holds none, or one that a header cannot hold
     */
    public static @Nullable String token(@Nullable String file, String key) {
        String token = text(null, file, key);
        if (file != null && (token == null || !token.matches("[!-~]+"))) {
            throw new ConfigException(key + "_file: " + file + " must hold one word of ASCII");
        }
        return token;
    }

    /**
     * Returns a URL; null where neither is given.
     *
     * @throws ConfigException when it is neither http nor https
     */
    public static @Nullable URI url(@Nullable String value, @Nullable String file, String key) {
        String text = text(value, file, key);
        if (text == null) {
            return null;
        }
        try {
            URI url = URI.create(text);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException notAUrl) {
            throw new ConfigException(key + ": is not a URL");
        }
        throw new ConfigException(key + ": must be an http or https URL");
    }
}
