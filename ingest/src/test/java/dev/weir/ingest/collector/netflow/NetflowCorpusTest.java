package dev.weir.ingest.collector.netflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.codec.Json;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Decodes datagrams of many vendors, kept beside the checkout, and compares them with the expected flows. */
@Tag("shared-data")
class NetflowCorpusTest {
    private static final Path DATAGRAMS = Path.of("../../shared/data/collectors/netflow");

    @Test
    void everyVendorsDatagramsDecodeAsExpected() throws Exception {
        int entries = 0;
        int flows = 0;
        List<String> wrong = new ArrayList<>();
        for (JsonNode entry :
                Json.MAPPER.readTree(DATAGRAMS.resolve("expected.json").toFile())) {
            entries++;
            flows += check(entry, wrong);
        }
        assertThat(wrong).isEmpty();
        assertThat(entries).isEqualTo(45);
        assertThat(flows).isGreaterThanOrEqualTo(409);
    }

    @Test
    void dataBeforeItsTemplateIsReadLater() throws Exception {
        NetflowDecoder decoder = new NetflowDecoder(new PendingSets(60_000), false);
        int flows = 0;
        for (String file : List.of("data", "tpl", "data")) {
            byte[] bytes = Files.readAllBytes(DATAGRAMS.resolve("ipfix_test_netscaler_" + file + ".dat"));
            flows += decoder.decode("192.0.2.1", 4739, Unpooled.wrappedBuffer(bytes), 0)
                    .flows()
                    .size();
        }
        assertThat(flows).isEqualTo(6);
    }

    @Test
    void malformedDatagramsAreRejected() throws IOException {
        int rejected = 0;
        for (JsonNode entry :
                Json.MAPPER.readTree(DATAGRAMS.resolve("expected.json").toFile())) {
            if (entry.path("malformed").asBoolean()) {
                byte[] bytes = Files.readAllBytes(
                        DATAGRAMS.resolve(entry.path("datagrams").get(0).asText()));
                assertThatThrownBy(() -> decoder().decode("x", 4739, Unpooled.wrappedBuffer(bytes), 0))
                        .isInstanceOf(MalformedDatagramException.class)
                        .hasMessageContaining("v5 count");
                rejected++;
            }
        }
        assertThat(rejected).isEqualTo(2);
    }

    /** Creates a decoder without waiting sets, as the expectations require. */
    private static NetflowDecoder decoder() {
        return new NetflowDecoder(new PendingSets(0), false);
    }

    private static int check(JsonNode entry, List<String> wrong) throws IOException {
        String name = entry.path("name").asText();
        NetflowDecoder decoder = decoder();
        List<ExportedFlow> flows = new ArrayList<>();
        int options = 0;
        int others = 0;
        int withoutTemplate = 0;
        for (JsonNode file : entry.path("datagrams")) {
            byte[] bytes = Files.readAllBytes(DATAGRAMS.resolve(file.asText()));
            try {
                Decoded decoded = decoder.decode("192.0.2.1", 4739, Unpooled.wrappedBuffer(bytes), 0);
                flows.addAll(decoded.flows());
                options += decoded.optionsRecords();
                others += decoded.otherRecords();
                withoutTemplate += decoded.setsLost();
            } catch (MalformedDatagramException e) {
                if (!entry.path("malformed").asBoolean() && !allows(entry, 0)) {
                    wrong.add(name + ": " + e.getMessage());
                }
            }
        }
        int expected = entry.path("records").asInt();
        if (flows.size() != expected) {
            if (!allows(entry, flows.size())) {
                wrong.add(name + ": " + flows.size() + " records, not " + expected);
            }
            return flows.size();
        }
        expect(name, "options", entry.path("options_records").asInt(), options, wrong);
        expect(name, "others", entry.path("other_records").asInt(), others, wrong);
        expect(
                name,
                "sets without template",
                entry.path("sets_without_template").size(),
                withoutTemplate,
                wrong);
        for (int i = 0; i < flows.size(); i++) {
            compare(name + "[" + i + "]", entry.path("flows").get(i), flows.get(i), wrong);
        }
        return flows.size();
    }

    private static void compare(String name, JsonNode expected, ExportedFlow flow, List<String> wrong) {
        expect(name, "src_ip", expected.path("src_ip").asText(), flow.sourceIp(), wrong);
        expect(name, "dst_ip", expected.path("dst_ip").asText(), flow.destinationIp(), wrong);
        expect(name, "src_port", number(expected, "src_port"), number(flow.sourcePort()), wrong);
        expect(name, "dst_port", number(expected, "dst_port"), number(flow.destinationPort()), wrong);
        expect(name, "protocol", expected.path("protocol").asInt(), flow.protocol(), wrong);
        expect(name, "bytes", number(expected, "bytes"), flow.bytes(), wrong);
        expect(name, "packets", number(expected, "packets"), flow.packets(), wrong);
        expect(name, "tcp_flags", number(expected, "tcp_flags"), number(flow.tcpFlags()), wrong);
        Long reverse = expected.has("responder_bytes_ie232")
                ? number(expected, "responder_bytes_ie232")
                : number(expected, "reverse_bytes");
        expect(name, "reverse_bytes", reverse, flow.reverseBytes(), wrong);
        expect(name, "reverse_packets", number(expected, "reverse_packets"), flow.reversePackets(), wrong);
        expect(name, "event_ms", number(expected, "event_ms"), flow.eventMs(), wrong);
        expect(name, "firewall_event", number(expected, "firewall_event_ie233"), number(flow.firewallEvent()), wrong);
        if (!expected.has("start_via") && !expected.has("start_sysuptime_ms")) {
            return; // the expectation has no times
        }
        expect(name, "end_ms", number(expected, "end_ms"), flow.endMs(), wrong);
        if (expected.has("start_ms_choice")) {
            Set<Long> choice = new TreeSet<>();
            expected.path("start_ms_choice").forEach(value -> choice.add(value.asLong()));
            expect(name, "start_ms of " + choice, true, choice.contains(flow.startMs()), wrong);
        } else {
            expect(name, "start_ms", number(expected, "start_ms"), flow.startMs(), wrong);
        }
    }

    private static boolean allows(JsonNode entry, int count) {
        for (JsonNode allowed : entry.path("records_allowed")) {
            if (allowed.asInt() == count) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Long number(JsonNode flow, String field) {
        return flow.has(field) ? flow.path(field).asLong() : null;
    }

    private static @Nullable Long number(@Nullable Integer value) {
        return value == null ? null : (Long) value.longValue();
    }

    private static void expect(
            String name, String what, @Nullable Object expected, @Nullable Object found, List<String> wrong) {
        if (expected == null ? found != null : !expected.equals(found)) {
            wrong.add(name + " " + what + ": " + found + ", not " + expected);
        }
    }
}
