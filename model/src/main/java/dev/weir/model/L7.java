package dev.weir.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The application layer of a flow; at most a few of the parts are present. */
public record L7(
        @Nullable Dns dns, @Nullable Http http, @Nullable Tls tls) {

    /** Joins the parts of a question and its answer; where both hold the same part, the question's wins. */
    public static @Nullable L7 joined(@Nullable L7 question, @Nullable L7 answer) {
        if (question == null || answer == null) {
            return question == null ? answer : question;
        }
        return new L7(
                joined(question.dns, answer.dns),
                joined(question.http, answer.http),
                question.tls == null ? answer.tls : question.tls);
    }

    private static @Nullable Dns joined(@Nullable Dns a, @Nullable Dns b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return new Dns(
                first(a.query, b.query), first(a.type, b.type), first(a.rcode, b.rcode), first(a.answers, b.answers));
    }

    private static @Nullable Http joined(@Nullable Http a, @Nullable Http b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return new Http(
                first(a.method, b.method), first(a.host, b.host), first(a.path, b.path), first(a.status, b.status));
    }

    private static <T> @Nullable T first(@Nullable T a, @Nullable T b) {
        return a == null ? b : a;
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

    /** Builds the parts field by field. A part is present if one of its fields is set; answers of DNS alone make none. For one thread. */
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
