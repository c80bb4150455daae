package dev.weir.ingest.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Direction;
import dev.weir.model.Verdict;
import java.util.List;
import java.util.Locale;

/** The fields of a flow that a row of a table can fill. Each sets itself from a JSON value. */
enum FlowField {
    START_MS((draft, value) -> draft.startMs = Values.millis(value)),
    END_MS((draft, value) -> draft.endMs = Values.millis(value)),
    SOURCE_IP((draft, value) -> draft.source.ip = Values.text(value)),
    SOURCE_PORT((draft, value) -> draft.source.port = Values.port(value)),
    SOURCE_BYTES((draft, value) -> draft.source.bytes = Values.count(value)),
    SOURCE_PACKETS((draft, value) -> draft.source.packets = Values.count(value)),
    SOURCE_TCP_FLAGS((draft, value) -> draft.source.tcpFlags = Values.tcpFlags(value)),
    SOURCE_NAMESPACE((draft, value) -> draft.source.namespace = Values.text(value)),
    SOURCE_POD((draft, value) -> draft.source.pod = Values.text(value)),
    SOURCE_WORKLOAD((draft, value) -> draft.source.workload = Values.text(value)),
    SOURCE_WORKLOAD_KIND((draft, value) -> draft.source.workloadKind = Values.text(value)),
    SOURCE_LABELS((draft, value) -> draft.source.labels = Values.labels(value)),
    SOURCE_NODE((draft, value) -> draft.source.node = Values.text(value)),
    SOURCE_SERVICE((draft, value) -> draft.source.service = Values.text(value)),
    SOURCE_NAMES((draft, value) -> draft.source.names = Values.texts(value)),
    DESTINATION_IP((draft, value) -> draft.destination.ip = Values.text(value)),
    DESTINATION_PORT((draft, value) -> draft.destination.port = Values.port(value)),
    DESTINATION_BYTES((draft, value) -> draft.destination.bytes = Values.count(value)),
    DESTINATION_PACKETS((draft, value) -> draft.destination.packets = Values.count(value)),
    DESTINATION_TCP_FLAGS((draft, value) -> draft.destination.tcpFlags = Values.tcpFlags(value)),
    DESTINATION_NAMESPACE((draft, value) -> draft.destination.namespace = Values.text(value)),
    DESTINATION_POD((draft, value) -> draft.destination.pod = Values.text(value)),
    DESTINATION_WORKLOAD((draft, value) -> draft.destination.workload = Values.text(value)),
    DESTINATION_WORKLOAD_KIND((draft, value) -> draft.destination.workloadKind = Values.text(value)),
    DESTINATION_LABELS((draft, value) -> draft.destination.labels = Values.labels(value)),
    DESTINATION_NODE((draft, value) -> draft.destination.node = Values.text(value)),
    DESTINATION_SERVICE((draft, value) -> draft.destination.service = Values.text(value)),
    DESTINATION_NAMES((draft, value) -> draft.destination.names = Values.texts(value)),
    PROTOCOL((draft, value) -> draft.protocol = Values.text(value)),
    VERDICT((draft, value) -> draft.verdict = Verdict.valueOf(Values.text(value))),
    DROP_REASON((draft, value) -> draft.dropReason = Values.text(value)),
    DIRECTION((draft, value) ->
            draft.direction = Direction.valueOf(Values.text(value).toUpperCase(Locale.ROOT))),
    IS_REPLY((draft, value) -> draft.isReply = Values.truth(value)),
    ENCRYPTED((draft, value) -> draft.encrypted = Values.truth(value)),
    CLUSTER((draft, value) -> draft.cluster = Values.text(value)),
    REPORTER((draft, value) -> draft.reporter = Values.text(value)),
    SAMPLING((draft, value) -> draft.sampling = Values.sampling(value)),
    L7_DNS_QUERY((draft, value) -> draft.dnsQuery = Values.text(value)),
    L7_DNS_TYPE((draft, value) -> draft.dnsType = Values.text(value)),
    L7_DNS_RCODE((draft, value) -> draft.dnsRcode = Values.text(value)),
    L7_DNS_ANSWERS((draft, value) -> draft.dnsAnswers = Values.texts(value)),
    L7_HTTP_METHOD((draft, value) -> draft.httpMethod = Values.text(value)),
    L7_HTTP_HOST((draft, value) -> draft.httpHost = Values.text(value)),
    L7_HTTP_STATUS((draft, value) -> draft.httpStatus = Values.status(value)),
    L7_TLS_SNI((draft, value) -> draft.sni = Values.text(value));

    private final Setter setter;
    private final String path;

    /** Sets a value in a draft. */
    interface Setter {
        void set(FlowDraft draft, JsonNode value);
    }

    FlowField(Setter setter) {
        this.setter = setter;
        this.path = path(name());
    }

    void set(FlowDraft draft, JsonNode value) {
        setter.set(draft, value);
    }

    /** Returns the field's path in the JSON of a flow, for example {@code source.tcp_flags}. */
    String path() {
        return path;
    }

    private static String path(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (String end : List.of("SOURCE_", "DESTINATION_", "L7_DNS_", "L7_HTTP_", "L7_TLS_")) {
            if (name.startsWith(end)) {
                return end.toLowerCase(Locale.ROOT).replace('_', '.') + lower.substring(end.length());
            }
        }
        return lower;
    }
}
