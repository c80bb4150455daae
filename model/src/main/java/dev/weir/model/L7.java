package dev.weir.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the record tells of the application layer; at most a few of the parts are present. */
public record L7(
        @Nullable Dns dns, @Nullable Http http, @Nullable Tls tls) {

    /**
     * One DNS question and, if seen, its answer.
     *
     * @param type RR type mnemonic, for example {@code AAAA}
     * @param rcode response code mnemonic, for example {@code NXDOMAIN}; null for a question without its answer
     */
    public record Dns(
            @Nullable String query,
            @Nullable String type,
            @Nullable String rcode,
            @Nullable List<String> answers) {}

    /** One HTTP request and, if seen, its status. */
    public record Http(
            @Nullable String method,
            @Nullable String host,
            @Nullable String path,
            @Nullable Integer status) {
        public Http {
            if (status != null && (status < 100 || status > 599)) {
                throw new InvalidRecordException("status", status + " is outside 100..599");
            }
        }
    }

    /** The server name that a TLS client asked for. */
    public record Tls(@Nullable String sni) {}
}
