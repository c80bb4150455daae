package dev.weir.model;

import dev.weir.common.Nullables;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The application layer of a flow; at most a few of the parts are present. */
public record L7(
        @Nullable Dns dns, @Nullable Http http, @Nullable Tls tls) {

    /** The number of characters in all parts. */
    int length() {
        int length = 0;
        if (dns != null) {
            length += length(dns.query());
        }
        if (http != null) {
            length += length(http.method()) + length(http.host()) + length(http.path());
        }
        if (tls != null) {
            length += length(tls.sni());
        }
        return length;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** True if a part holds what the server answered: a status of HTTP or a response code of DNS. */
    public boolean isAnswered() {
        boolean hasStatus = http != null && http.status() != null;
        boolean hasCode = dns != null && dns.rcode() != null;
        return hasStatus || hasCode;
    }

    /** Joins the parts of a question and its answer; where both hold the same part, the question's wins. */
    public static @Nullable L7 joined(@Nullable L7 question, @Nullable L7 answer) {
        return Nullables.combined(
                question,
                answer,
                (a, b) -> new L7(
                        Nullables.combined(a.dns, b.dns, L7::joined),
                        Nullables.combined(a.http, b.http, L7::joined),
                        Nullables.first(a.tls, b.tls)));
    }

    private static Dns joined(Dns a, Dns b) {
        return new Dns(
                Nullables.first(a.query, b.query),
                Nullables.first(a.type, b.type),
                Nullables.first(a.rcode, b.rcode),
                Nullables.first(a.answers, b.answers));
    }

    private static Http joined(Http a, Http b) {
        return new Http(
                Nullables.first(a.method, b.method),
                Nullables.first(a.host, b.host),
                Nullables.first(a.path, b.path),
                Nullables.first(a.status, b.status));
    }

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

    /**
     * One HTTP request and, if seen, its status. If {@code path} is given as a URL, its host and path are kept; user
     * information, parameters of segments, query and fragment are dropped, since they may hold secrets.
     */
    public record Http(
            @Nullable String method,
            @Nullable String host,
            @Nullable String path,
            @Nullable Integer status) {
        public Http {
            if (status != null && (status < 100 || status > 599)) {
                throw new InvalidRecordException("status", status + " is outside 100..599");
            }
            HttpTarget target = HttpTarget.of(method, host, path);
            host = target.host();
            path = target.path();
        }
    }

    /** The server name that a TLS client asked for. */
    public record Tls(@Nullable String sni) {}

    /**
     * Builds the parts field by field. A part is present if one of its fields is set; answers of DNS alone make none.
     * For one thread.
     */
    public static final class Builder {
        private @Nullable String dnsQuery;
        private @Nullable String dnsType;
        private @Nullable String dnsRcode;
        private @Nullable List<String> dnsAnswers;
        private @Nullable String httpMethod;
        private @Nullable String httpHost;
        private @Nullable String httpPath;
        private @Nullable Integer httpStatus;
        private @Nullable String sni;

        Builder() {}

        Builder(L7 begin) {
            if (begin.dns != null) {
                dnsQuery = begin.dns.query;
                dnsType = begin.dns.type;
                dnsRcode = begin.dns.rcode;
                dnsAnswers = begin.dns.answers;
            }
            if (begin.http != null) {
                httpMethod = begin.http.method;
                httpHost = begin.http.host;
                httpPath = begin.http.path;
                httpStatus = begin.http.status;
            }
            sni = begin.tls == null ? null : begin.tls.sni;
        }

        public Builder dnsQuery(@Nullable String value) {
            dnsQuery = value;
            return this;
        }

        public Builder dnsType(@Nullable String value) {
            dnsType = value;
            return this;
        }

        public Builder dnsRcode(@Nullable String value) {
            dnsRcode = value;
            return this;
        }

        public Builder dnsAnswers(@Nullable List<String> value) {
            dnsAnswers = value;
            return this;
        }

        public Builder httpMethod(@Nullable String value) {
            httpMethod = value;
            return this;
        }

        public Builder httpHost(@Nullable String value) {
            httpHost = value;
            return this;
        }

        public Builder httpPath(@Nullable String value) {
            httpPath = value;
            return this;
        }

        public Builder httpStatus(@Nullable Integer value) {
            httpStatus = value;
            return this;
        }

        public Builder sni(@Nullable String value) {
            sni = value;
            return this;
        }

        /**
         * Returns the parts that are present; null when there is none.
         *
         * @throws InvalidRecordException naming the invalid field
         */
        @Nullable L7 build() {
            boolean hasDns = dnsQuery != null || dnsType != null || dnsRcode != null;
            boolean hasHttp = httpMethod != null || httpHost != null || httpPath != null || httpStatus != null;
            Dns dns = hasDns ? new Dns(dnsQuery, dnsType, dnsRcode, dnsAnswers) : null;
            Http http = hasHttp ? new Http(httpMethod, httpHost, httpPath, httpStatus) : null;
            Tls tls = sni == null ? null : new Tls(sni);
            return dns == null && http == null && tls == null ? null : new L7(dns, http, tls);
        }
    }
}
