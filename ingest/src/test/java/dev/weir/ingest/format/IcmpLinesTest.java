package dev.weir.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads ICMP in the formats that have its type: a request is a flow, and an error concerns another one. */
class IcmpLinesTest {
    private static final List<String> LINES = List.of("""
            {"flow":{"time":"2026-09-21T14:13:20Z","verdict":"FORWARDED","IP":{"source":"%2$s","destination":"%3$s"},\
            "l4":{"ICMPv%1$s":{"type":%4$d,"code":1}},"Type":"L3_L4"}}""", """
            {"SrcAddr":"%2$s","DstAddr":"%3$s","Proto":%5$d,"IcmpType":%4$d,"IcmpCode":1,"Bytes":84,"Packets":1,\
            "TimeFlowStartMs":1790000000000,"TimeFlowEndMs":1790000000100}""", """
            {"ts":1790000000.0,"uid":"C1","id.orig_h":"%2$s","id.orig_p":%4$d,"id.resp_h":"%3$s","id.resp_p":1,\
            "proto":"icmp","conn_state":"OTH","orig_pkts":1,"resp_pkts":0}""");

    @ParameterizedTest
    @CsvSource({"4, 10.0.0.1, 10.0.0.2, 0, true", "4, 10.0.0.1, 10.0.0.2, 8, false", "6, fd00::1, fd00::2, 129, true"})
    void typeDecidesIfMessageIsReply(String version, String source, String destination, int type, boolean isReply) {
        for (String line : LINES) {
            String text = line.formatted(version, source, destination, type, version.equals("4") ? 1 : 58);
            assertThat(Reading.one(text).isReply()).as(text).isEqualTo(isReply);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4, 10.0.0.1, 10.0.0.2, 8, 1", "4, 10.0.0.1, 10.0.0.2, 3, 0", "4, 10.0.0.1, 10.0.0.2, 11, 0",
        "6, fd00::1, fd00::2, 128, 1", "6, fd00::1, fd00::2, 1, 0", "6, fd00::1, fd00::2, 2, 0"
    })
    void errorIsNoFlow(String version, String source, String destination, int type, int flows) {
        for (String line : LINES) {
            String text = line.formatted(version, source, destination, type, version.equals("4") ? 1 : 58);
            assertThat(Reading.all(text)).as(text).hasSize(flows);
        }
    }
}
