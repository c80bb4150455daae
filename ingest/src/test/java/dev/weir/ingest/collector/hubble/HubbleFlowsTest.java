package dev.weir.ingest.collector.hubble;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import dev.weir.ingest.format.HubbleFormat;
import dev.weir.ingest.proto.hubble.DNS;
import dev.weir.ingest.proto.hubble.DropReason;
import dev.weir.ingest.proto.hubble.Endpoint;
import dev.weir.ingest.proto.hubble.Flow;
import dev.weir.ingest.proto.hubble.FlowType;
import dev.weir.ingest.proto.hubble.GetFlowsResponse;
import dev.weir.ingest.proto.hubble.HTTP;
import dev.weir.ingest.proto.hubble.ICMPv4;
import dev.weir.ingest.proto.hubble.ICMPv6;
import dev.weir.ingest.proto.hubble.IGMP;
import dev.weir.ingest.proto.hubble.IP;
import dev.weir.ingest.proto.hubble.Layer4;
import dev.weir.ingest.proto.hubble.Layer7;
import dev.weir.ingest.proto.hubble.SCTP;
import dev.weir.ingest.proto.hubble.Service;
import dev.weir.ingest.proto.hubble.TCP;
import dev.weir.ingest.proto.hubble.TCPFlags;
import dev.weir.ingest.proto.hubble.UDP;
import dev.weir.ingest.proto.hubble.VRRP;
import dev.weir.ingest.proto.hubble.Workload;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Holds the two ways from a message of Hubble to a flow against each other. */
class HubbleFlowsTest {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();
    private static final String REJECTED = "rejected";

    private final Random random = new Random(20261128);

    @Test
    void messageAndItsJsonBecomeTheSameFlow() throws IOException {
        int flows = 0;
        int none = 0;
        for (int i = 0; i < 20_000; i++) {
            GetFlowsResponse message = message();
            String json = PRINTER.print(message);
            Object typed = typed(message);
            assertThat(typed).as(json).isEqualTo(parsed(json));
            flows += typed instanceof dev.weir.model.Flow ? 1 : 0;
            none += typed == null ? 1 : 0;
        }
        assertThat(flows).isGreaterThan(5_000);
        assertThat(none).isGreaterThan(1_000);
    }

    private static @Nullable Object typed(GetFlowsResponse message) {
        try {
            return HubbleFlows.flow(message);
        } catch (InvalidRecordException e) {
            return REJECTED;
        }
    }

    private static @Nullable Object parsed(String json) throws IOException {
        try {
            return HubbleFormat.flow(Json.MAPPER.readTree(json));
        } catch (InvalidRecordException e) {
            return REJECTED;
        }
    }

    private GetFlowsResponse message() {
        Flow.Builder flow = Flow.newBuilder()
                .setVerdictValue(random.nextInt(9))
                .setTypeValue(random.nextInt(20) == 0 ? FlowType.SOCK_VALUE : random.nextInt(3))
                .setTrafficDirectionValue(random.nextInt(4))
                .setDropReasonDescValue(maybe() ? DropReason.POLICY_DENIED_VALUE : random.nextInt(300))
                .setNodeName(maybe() ? "c1/n1" : word());
        if (random.nextInt(10) > 0) {
            flow.setTime(time());
        }
        if (random.nextInt(20) > 0) {
            flow.setIP(IP.newBuilder().setSource(ip()).setDestination(ip()).setEncrypted(maybe()));
        }
        if (random.nextInt(20) > 0) {
            flow.setL4(layer4());
        }
        if (maybe()) {
            flow.setSource(endpoint());
        }
        if (maybe()) {
            flow.setDestination(endpoint());
        }
        if (maybe()) {
            flow.setSourceService(Service.newBuilder().setName(word())).addSourceNames("a.example");
        }
        if (maybe()) {
            flow.setDestinationService(Service.newBuilder().setName(word())).addAllDestinationNames(List.of("b", "c"));
        }
        if (maybe()) {
            flow.setIsReply(BoolValue.of(maybe()));
        }
        if (maybe()) {
            flow.setL7(layer7());
        }
        return GetFlowsResponse.newBuilder().setFlow(flow).setTime(time()).build();
    }

    private Layer4.Builder layer4() {
        Layer4.Builder l4 = Layer4.newBuilder();
        return switch (random.nextInt(8)) {
            case 0 -> l4.setUDP(UDP.newBuilder().setSourcePort(port()).setDestinationPort(port()));
            case 1 -> l4.setSCTP(SCTP.newBuilder().setSourcePort(port()).setDestinationPort(port()));
            case 2 -> l4.setICMPv4(ICMPv4.newBuilder().setType(random.nextInt(15)));
            case 3 -> l4.setICMPv6(ICMPv6.newBuilder().setType(maybe() ? random.nextInt(5) : 127 + random.nextInt(4)));
            case 4 -> l4.setVRRP(VRRP.newBuilder().setVrid(1));
            case 5 -> l4.setIGMP(IGMP.newBuilder().setType(22));
            case 6 -> l4;
            default ->
                l4.setTCP(TCP.newBuilder()
                        .setSourcePort(port())
                        .setDestinationPort(port())
                        .setFlags(TCPFlags.newBuilder()
                                .setFIN(maybe())
                                .setSYN(maybe())
                                .setRST(maybe())
                                .setPSH(maybe())
                                .setACK(maybe())
                                .setURG(maybe())
                                .setECE(maybe())
                                .setCWR(maybe())));
        };
    }

    private Endpoint.Builder endpoint() {
        Endpoint.Builder end =
                Endpoint.newBuilder().setNamespace(word()).setPodName(word()).setClusterName(word());
        String[] labels = {
            "k8s:app=web",
            "k8s:bare",
            "reserved:host",
            "k8s:io.cilium.k8s.policy.cluster=c",
            "cidr:10.0.0.0/8",
            "k8s:a="
        };
        for (int i = random.nextInt(4); i > 0; i--) {
            end.addLabels(labels[random.nextInt(labels.length)]);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            end.addWorkloads(Workload.newBuilder().setName(word()).setKind(maybe() ? "Deployment" : ""));
        }
        return end;
    }

    private Layer7.Builder layer7() {
        Layer7.Builder l7 = Layer7.newBuilder();
        if (maybe()) {
            return l7.setDns(DNS.newBuilder()
                    .setQuery(word())
                    .setRcode(random.nextInt(4))
                    .addAllQtypes(maybe() ? List.of("A", "AAAA") : List.of())
                    .addAllIps(maybe() ? List.of("10.0.0.1") : List.of()));
        }
        String[] urls = {"", "/a?b=c", "//api.data:8080/v1", "http://user:secret@shop/cart#x"};
        return l7.setHttp(HTTP.newBuilder()
                .setMethod(maybe() ? "GET" : "")
                .setUrl(urls[random.nextInt(urls.length)])
                .setCode(maybe() ? 0 : 90 + random.nextInt(500)));
    }

    private Timestamp.Builder time() {
        return Timestamp.newBuilder()
                .setSeconds(random.nextInt(50) == 0 ? -5 : 1_790_000_000L + random.nextInt(1_000))
                .setNanos(random.nextInt(1_000_000_000));
    }

    private String ip() {
        String[] ips = {"10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:DB8:0::2", "", "-", "no address"};
        return ips[random.nextInt(maybe() ? ips.length : 4)];
    }

    private int port() {
        return random.nextInt(50) == 0 ? 70_000 : random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(65_535);
    }

    private String word() {
        String[] words = {"", "-", "web", "db-0", "größe"};
        return words[random.nextInt(words.length)];
    }

    private boolean maybe() {
        return random.nextBoolean();
    }
}
