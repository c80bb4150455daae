package dev.weir.ingest.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Direction;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.util.List;
import java.util.Locale;

/** The fields of a flow that a row of a table can fill. Each sets itself from a JSON value. */
enum FlowField {
    START_MS((flow, value) -> flow.startMs(Values.millis(value))),
    END_MS((flow, value) -> flow.endMs(Values.millis(value))),
    SOURCE_IP((flow, value) -> flow.source().ip(Values.text(value))),
    SOURCE_PORT((flow, value) -> flow.source().port(Values.port(value))),
    SOURCE_BYTES((flow, value) -> flow.source().bytes(Values.count(value))),
    SOURCE_PACKETS((flow, value) -> flow.source().packets(Values.count(value))),
    SOURCE_TCP_FLAGS((flow, value) -> flow.source().tcpFlags(Values.tcpFlags(value))),
    SOURCE_NAMESPACE((flow, value) -> flow.source().namespace(Values.text(value))),
    SOURCE_POD((flow, value) -> flow.source().pod(Values.text(value))),
    SOURCE_WORKLOAD((flow, value) -> flow.source().workload(Values.text(value))),
    SOURCE_WORKLOAD_KIND((flow, value) -> flow.source().workloadKind(Values.text(value))),
    SOURCE_LABELS((flow, value) -> flow.source().labels(Values.labels(value))),
    SOURCE_NODE((flow, value) -> flow.source().node(Values.text(value))),
    SOURCE_SERVICE((flow, value) -> flow.source().service(Values.text(value))),
    SOURCE_NAMES((flow, value) -> flow.source().names(Values.texts(value))),
    DESTINATION_IP((flow, value) -> flow.destination().ip(Values.text(value))),
    DESTINATION_PORT((flow, value) -> flow.destination().port(Values.port(value))),
    DESTINATION_BYTES((flow, value) -> flow.destination().bytes(Values.count(value))),
    DESTINATION_PACKETS((flow, value) -> flow.destination().packets(Values.count(value))),
    DESTINATION_TCP_FLAGS((flow, value) -> flow.destination().tcpFlags(Values.tcpFlags(value))),
    DESTINATION_NAMESPACE((flow, value) -> flow.destination().namespace(Values.text(value))),
    DESTINATION_POD((flow, value) -> flow.destination().pod(Values.text(value))),
    DESTINATION_WORKLOAD((flow, value) -> flow.destination().workload(Values.text(value))),
    DESTINATION_WORKLOAD_KIND((flow, value) -> flow.destination().workloadKind(Values.text(value))),
    DESTINATION_LABELS((flow, value) -> flow.destination().labels(Values.labels(value))),
    DESTINATION_NODE((flow, value) -> flow.destination().node(Values.text(value))),
    DESTINATION_SERVICE((flow, value) -> flow.destination().service(Values.text(value))),
    DESTINATION_NAMES((flow, value) -> flow.destination().names(Values.texts(value))),
    PROTOCOL((flow, value) -> flow.protocol(Values.text(value))),
    VERDICT((flow, value) -> flow.verdict(Verdict.valueOf(Values.text(value)))),
    DROP_REASON((flow, value) -> flow.dropReason(Values.text(value))),
    DIRECTION(
            (flow, value) -> flow.direction(Direction.valueOf(Values.text(value).toUpperCase(Locale.ROOT)))),
    IS_REPLY((flow, value) -> flow.isReply(Values.truth(value))),
    ENCRYPTED((flow, value) -> flow.encrypted(Values.truth(value))),
    CLUSTER((flow, value) -> flow.cluster(Values.text(value))),
    REPORTER((flow, value) -> flow.reporter(Values.text(value))),
    SAMPLING((flow, value) -> flow.sampling(Values.sampling(value))),
    L7_DNS_QUERY((flow, value) -> flow.l7().dnsQuery(Values.text(value))),
    L7_DNS_TYPE((flow, value) -> flow.l7().dnsType(Values.text(value))),
    L7_DNS_RCODE((flow, value) -> flow.l7().dnsRcode(Values.text(value))),
    L7_DNS_ANSWERS((flow, value) -> flow.l7().dnsAnswers(Values.texts(value))),
    L7_HTTP_METHOD((flow, value) -> flow.l7().httpMethod(Values.text(value))),
    L7_HTTP_HOST((flow, value) -> flow.l7().httpHost(Values.text(value))),
    L7_HTTP_STATUS((flow, value) -> flow.l7().httpStatus(Values.status(value))),
    L7_TLS_SNI((flow, value) -> flow.l7().sni(Values.text(value)));

    private final Setter setter;
    private final String path;

    /** Sets a value in a flow. */
    interface Setter {
        void set(Flow.Builder flow, JsonNode value);
    }

    FlowField(Setter setter) {
        this.setter = setter;
        this.path = path(name());
    }

    void set(Flow.Builder flow, JsonNode value) {
        setter.set(flow, value);
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
