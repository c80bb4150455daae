package dev.weir.ingest.collector.goldmane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.ingest.format.CalicoFormat;
import dev.weir.ingest.proto.goldmane.Action;
import dev.weir.ingest.proto.goldmane.EndpointType;
import dev.weir.ingest.proto.goldmane.Flow;
import dev.weir.ingest.proto.goldmane.FlowKey;
import dev.weir.ingest.proto.goldmane.Reporter;
import dev.weir.model.InvalidRecordException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Compares the flows of Goldmane's records with those of the same records in Calico's flow log. */
class GoldmaneFlowsTest {
    private static final String REJECTED = "rejected";

    private final Random random = new Random(20261128);

    @Test
    void recordAndItsLineInCalicosLogAreOneFlow() {
        int flows = 0;
        for (int i = 0; i < 20_000; i++) {
            Flow record = record();
            Object typed = typed(record);
            assertThat(typed).as("%s", record).isEqualTo(parsed(line(record)));
            flows += typed instanceof dev.weir.model.Flow ? 1 : 0;
        }
        assertThat(flows).isBetween(10_000, 18_000);
    }

    private static Object typed(Flow record) {
        try {
            return GoldmaneFlows.flow(record);
        } catch (InvalidRecordException e) {
            return REJECTED;
        }
    }

    private static Object parsed(ObjectNode line) {
        try {
            return CalicoFormat.flow(line);
        } catch (InvalidRecordException e) {
            return REJECTED;
        }
    }

    private static ObjectNode line(Flow record) {
        FlowKey key = record.getKey();
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("start_time", record.getStartTime()).put("end_time", record.getEndTime());
        line.put("source_name_aggr", key.getSourceName()).put("source_namespace", key.getSourceNamespace());
        line.put("source_type", type(key.getSourceType()));
        line.put("dest_name_aggr", key.getDestName()).put("dest_namespace", key.getDestNamespace());
        line.put("dest_type", type(key.getDestType()));
        if (key.getDestPort() > 0) {
            line.put("dest_port", key.getDestPort());
        }
        line.put("dest_service_name", key.getDestServiceName());
        line.put("proto", key.getProto());
        if (key.getReporter() != Reporter.REPORTER_UNSPECIFIED) {
            line.put("reporter", word(key.getReporter()));
        }
        if (key.getAction() == Action.ALLOW || key.getAction() == Action.DENY) {
            line.put("action", word(key.getAction()));
        }
        labels(line.putObject("source_labels").putArray("labels"), record.getSourceLabelsList());
        labels(line.putObject("dest_labels").putArray("labels"), record.getDestLabelsList());
        line.put("packets_in", record.getPacketsIn()).put("packets_out", record.getPacketsOut());
        line.put("bytes_in", record.getBytesIn()).put("bytes_out", record.getBytesOut());
        return line;
    }

    private static void labels(ArrayNode array, List<String> labels) {
        labels.forEach(array::add);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String type(EndpointType type) {
        return switch (type) {
            case WORKLOAD_ENDPOINT -> "wep";
            case HOST_ENDPOINT -> "hep";
            case NETWORK_SET -> "ns";
            case NETWORK -> "net";
            case ENDPOINT_TYPE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    private Flow record() {
        return Flow.newBuilder()
                .setKey(key())
                .setStartTime(time())
                .setEndTime(time())
                .addAllSourceLabels(labels())
                .addAllDestLabels(labels())
                .setPacketsIn(count())
                .setPacketsOut(count())
                .setBytesIn(count())
                .setBytesOut(count())
                .build();
    }

    private FlowKey.Builder key() {
        return FlowKey.newBuilder()
                .setSourceName(name())
                .setSourceNamespace(word())
                .setSourceTypeValue(type())
                .setDestName(name())
                .setDestNamespace(word())
                .setDestTypeValue(type())
                .setDestPort(port())
                .setDestServiceName(word())
                .setProto(protocol())
                .setReporterValue(random.nextInt(4))
                .setActionValue(random.nextInt(5));
    }

    private List<String> labels() {
        List<String> labels = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            labels.add(any(
                    "app=web",
                    "app=",
                    "bare",
                    "=",
                    "",
                    "-",
                    "a=b=c",
                    "pod-template-hash=6d4b75cb6d",
                    "job-name=report",
                    "deploymentconfig=shop"));
        }
        return labels;
    }

    private String name() {
        return any(
                "",
                "-",
                "*",
                "web-*",
                "web-6d4b75cb6d-*",
                "report-29539320-*",
                "shop-7-*",
                "db-0",
                "kube-apiserver-node1",
                "größe-*");
    }

    private String word() {
        return any("", "-", "shop", "db", "größe");
    }

    private String protocol() {
        return seldom() ? any("", "-", "icmp6", "icmpv6", "300", "esp") : any("tcp", "udp", "sctp", "icmp", "6", "1");
    }

    private int type() {
        return seldom() ? any(0, 5) : 1 + random.nextInt(4);
    }

    private long port() {
        return seldom() ? any(-1L, 0L, 65_535L, 65_536L, (1L << 32) + 80) : random.nextInt(65_536);
    }

    private long count() {
        return seldom() ? any(-1L, Long.MAX_VALUE, Long.MIN_VALUE) : random.nextInt(1_000);
    }

    private long time() {
        return seldom()
                ? any(0L, -5L, 99_999_999_999L, 100_000_000_000L, 1_790_000_000_000L, Long.MAX_VALUE, Long.MIN_VALUE)
                : 1_790_000_000L + random.nextInt(1_000);
    }

    /** True once in fifty calls. */
    private boolean seldom() {
        return random.nextInt(50) == 0;
    }

    @SafeVarargs
    private final <T> T any(T... values) {
        return values[random.nextInt(values.length)];
    }
}
