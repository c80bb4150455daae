package dev.weir.alerting.notify.syslog;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the syslog notifier.
 *
 * @param host that takes it
 * @param port 514 by default, 6514 over TLS
 * @param transport {@code udp}, {@code tcp} or {@code tls}
 */
public record SyslogConfig(@Nullable String host, Integer port, Transport transport) {
    /** The transport of messages. */
    public enum Transport {
        /** A datagram for each message; none is known to arrive. */
        @JsonProperty("udp")
        UDP,
        /** TCP, with a count of the bytes before each message (RFC 6587). */
        @JsonProperty("tcp")
        TCP,
        /** TCP over TLS (RFC 5425). */
        @JsonProperty("tls")
        TLS
    }

    private static final int PORT = 514;
    private static final int TLS_PORT = 6514;

    public SyslogConfig(@Nullable String host, @Nullable Integer port, @Nullable Transport transport) {
        this.host = host;
        this.transport = transport == null ? Transport.TCP : transport;
        this.port = port == null ? (this.transport == Transport.TLS ? TLS_PORT : PORT) : port;
    }
}
