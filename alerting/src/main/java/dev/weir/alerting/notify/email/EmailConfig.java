package dev.weir.alerting.notify.email;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weir.common.config.ConfigException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the e-mail notifier.
 *
 * @param host mail server
 * @param port 587 by default, 465 for {@code tls}, 25 for {@code none}
 * @param encryption {@code starttls}, {@code tls} or {@code none}
 * @param username to log in with; absent for none
 * @param passwordFile file that holds the password
 * @param from address that it is from
 * @param to addresses that it goes to
 */
public record EmailConfig(
        @Nullable String host,
        Integer port,
        Encryption encryption,
        @Nullable String username,
        @Nullable String passwordFile,
        @Nullable String from,
        List<String> to) {
    /** The encryption of the connection to the mail server. */
    public enum Encryption {
        /** TLS after a plain greeting (RFC 3207); a server that does not offer it gets no message. */
        @JsonProperty("starttls")
        STARTTLS(587),
        /** TLS from the first byte (RFC 8314). */
        @JsonProperty("tls")
        TLS(465),
        /** The connection is not encrypted. */
        @JsonProperty("none")
        NONE(25);

        private final int port;

        Encryption(int port) {
            this.port = port;
        }
    }

    public EmailConfig(
            @Nullable String host,
            @Nullable Integer port,
            @Nullable Encryption encryption,
            @Nullable String username,
            @Nullable String passwordFile,
            @Nullable String from,
            @Nullable List<String> to) {
        this.host = host;
        this.encryption = encryption == null ? Encryption.STARTTLS : encryption;
        this.port = port == null ? this.encryption.port : port;
        this.username = username;
        this.passwordFile = passwordFile;
        this.from = from;
        this.to = to == null ? List.of() : List.copyOf(to);
    }

    /**
     * Returns these settings after a check.
     *
     * @throws ConfigException saying what would be right
     */
    public EmailConfig checked(String where) {
        if (port < 1 || port > 65535) {
            throw new ConfigException(where + ".port: " + port + " is outside 1..65535");
        }
        if (to.isEmpty()) {
            throw new ConfigException(where + ".to: is missing; give at least one address");
        }
        address(where + ".from", from);
        for (int i = 0; i < to.size(); i++) {
            address(where + ".to[" + i + "]", to.get(i));
        }
        if (username != null && passwordFile == null) {
            throw new ConfigException(where + ".password_file: is missing, and there is a username");
        }
        if (username != null && encryption == Encryption.NONE) {
            throw new ConfigException(
                    where + ".encryption: must be starttls or tls, or a password would be sent in the clear");
        }
        return this;
    }

    private static void address(String where, @Nullable String text) {
        if (text == null) {
            throw new ConfigException(where + ": is missing");
        }
        try {
            new InternetAddress(text, true).validate();
        } catch (AddressException e) {
            throw new ConfigException(where + ": '" + text + "' is no address: " + e.getMessage());
        }
    }
}
