package dev.weir.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Direction;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.L7;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LineFormatsTest {
    @Test
    void netobservRecordsAreRead() {
        Flow flow = one("netobserv", """
                {"SrcAddr":"10.128.0.7","DstAddr":"172.20.0.1","SrcPort":48974,"DstPort":6443,"Proto":6,"Bytes":132,"Packets":2,\
                "Flags":18,"TimeFlowStartMs":1708011866459,"TimeFlowEndMs":1708011867121,"SrcK8S_Type":"Pod",\
                "SrcK8S_Namespace":"a","SrcK8S_Name":"web-1-x","SrcK8S_OwnerName":"web","SrcK8S_OwnerType":"Deployment",\
                "SrcK8S_HostName":"n1","DstK8S_Type":"Service","DstK8S_Namespace":"default","DstK8S_Name":"kubernetes",\
                "DstK8S_OwnerName":"kubernetes","DstK8S_OwnerType":"Service","FlowDirection":1,"AgentIP":"10.0.1.7",\
                "PktDropPackets":2,"PktDropLatestDropCause":"SKB_DROP_REASON_NETFILTER_DROP","Sampling":50,\
                "K8S_ClusterName":"prod","DnsName":"example.org","DnsFlagsResponseCode":"NXDomain"}
                """);
        assertThat(flow.startMs()).isEqualTo(1708011866459L);
        assertThat(flow.source().pod()).isEqualTo("web-1-x");
        assertThat(flow.source().workload()).isEqualTo("web");
        assertThat(flow.source().tcpFlags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
        assertThat(flow.source().bytes()).isEqualTo(132);
        assertThat(flow.destination().bytes()).isNull();
        assertThat(flow.destination().service()).isEqualTo("kubernetes");
        assertThat(flow.destination().workload()).isNull();
        assertThat(flow.destination().pod()).isNull();
        assertThat(flow.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(flow.dropReason()).isEqualTo("SKB_DROP_REASON_NETFILTER_DROP");
        assertThat(flow.direction()).isEqualTo(Direction.EGRESS);
        assertThat(flow.sampling()).isEqualTo(50);
        assertThat(flow.cluster()).isEqualTo("prod");
        assertThat(flow.l7()).isEqualTo(new L7(new L7.Dns("example.org", null, "NXDOMAIN", null), null, null));
    }

    @Test
    void netobservIsDroppedOnlyIfNothingGotThrough() {
        String line =
                "{\"SrcAddr\":\"10.0.0.1\",\"DstAddr\":\"10.0.0.2\",\"Proto\":17,\"TimeFlowStartMs\":1,\"Packets\":5,\"PktDropPackets\":%s}";
        assertThat(one("netobserv", line.formatted("1")).verdict()).isEqualTo(Verdict.FORWARDED);
        assertThat(one("netobserv", line.formatted("5")).verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(one("netobserv", line.formatted("0")).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void calicoCountsFromTheReportersEnd() {
        String line = """
                {"start_time":1597086517,"end_time":1597086531,"source_ip":"192.168.47.9","source_name":"web-6b68-zn5s2",\
                "source_name_aggr":"web-6b68-*","source_namespace":"shop","source_port":42106,"source_type":"wep",\
                "source_labels":{"labels":["app=web","pod-template-hash=6b68"]},"dest_ip":"192.168.47.8","dest_name":"-",\
                "dest_name_aggr":"db-*","dest_namespace":"shop","dest_port":80,"dest_type":"wep","dest_service_name":"db",\
                "proto":"tcp","action":"%s","reporter":"%s","bytes_in":388,"bytes_out":1113,"packets_in":6,"packets_out":5,\
                "host":"n1"}
                """;
        Flow seenByDestination = one("calico", line.formatted("allow", "dst"));
        assertThat(seenByDestination.source().bytes()).isEqualTo(388);
        assertThat(seenByDestination.destination().packets()).isEqualTo(5);
        assertThat(seenByDestination.direction()).isEqualTo(Direction.INGRESS);
        assertThat(seenByDestination.source().labels())
                .containsExactly(Map.entry("app", "web"), Map.entry("pod-template-hash", "6b68"));
        assertThat(seenByDestination.source().pod()).isEqualTo("web-6b68-zn5s2");
        assertThat(seenByDestination.destination().pod()).isNull();
        assertThat(seenByDestination.destination().workload()).isEqualTo("db");
        assertThat(seenByDestination.destination().service()).isEqualTo("db");
        assertThat(seenByDestination.endMs()).isEqualTo(1597086531000L);

        Flow seenBySource = one("calico", line.formatted("deny", "src"));
        assertThat(seenBySource.source().bytes()).isEqualTo(1113);
        assertThat(seenBySource.destination().bytes()).isEqualTo(388);
        assertThat(seenBySource.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(seenBySource.dropReason()).isEqualTo("POLICY_DENIED");
    }

    @Test
    void zeekConnColumnsAreRead() {
        List<Flow> flows = all(
                "zeek",
                "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
                        + "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tresp_bytes"
                        + "\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n"
                        + "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tinterval\tcount\tcount\tstring\tcount\tcount\tcount\tcount\n"
                        + "1258531221.486539\tC1\t192.168.1.102\t1068\t192.168.1.1\t53\ttcp\t0.163820\t301\t-\tShADadFf\t5\t561\t4\t211\n"
                        + "1258531222.0\tC2\tfe80::1\t135\tfe80::2\t136\ticmp\t-\t-\t-\t-\t1\t72\t0\t0\n"
                        + "#close\t2009-11-19-00-00-00\n");
        assertThat(flows).hasSize(2);
        Flow tcp = flows.get(0);
        assertThat(tcp.startMs()).isEqualTo(1258531221486L);
        assertThat(tcp.endMs()).isEqualTo(1258531221486L + 163);
        assertThat(tcp.source().bytes()).isEqualTo(561);
        assertThat(tcp.destination().bytes()).isEqualTo(211);
        assertThat(tcp.source().tcpFlags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK | TcpFlags.FIN);
        assertThat(tcp.destination().tcpFlags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK | TcpFlags.FIN);
        assertThat(tcp.isReply()).isFalse();
        Flow icmp = flows.get(1);
        assertThat(icmp.protocol()).isEqualTo("ICMPV6");
        assertThat(icmp.source().port()).isNull();
        assertThat(icmp.destination().bytes()).isZero();
    }

    @Test
    void zeekDnsIsReadInBothForms() {
        L7.Dns asked = new L7.Dns("a.example.org", "A", "NOERROR", List.of("b.example.org", "192.0.2.7"));
        Flow json = one("zeek", """
                {"ts":1258531221.5,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":5353,"id.resp_h":"10.0.0.53","id.resp_p":53,\
                "proto":"udp","trans_id":7,"rtt":0.25,"query":"a.example.org","qtype":1,"qtype_name":"A","rcode":0,\
                "rcode_name":"NOERROR","answers":["b.example.org","192.0.2.7"]}
                """);
        assertThat(json.l7()).isEqualTo(new L7(asked, null, null));
        assertThat(json.endMs() - json.startMs()).isEqualTo(250);
        Flow columns = all(
                        "zeek",
                        "#separator \\x09\n#set_separator\t,\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto"
                                + "\ttrans_id\tquery\tqtype_name\trcode_name\tanswers\n"
                                + "#types\ttime\taddr\tport\taddr\tport\tenum\tcount\tstring\tstring\tstring\tvector[string]\n"
                                + "1258531221.5\t10.0.0.1\t5353\t10.0.0.53\t53\tudp\t7\ta.example.org\tA\tNOERROR\tb.example.org,192.0.2.7\n")
                .get(0);
        assertThat(columns.l7()).isEqualTo(json.l7());
    }

    @Test
    void awsDefaultAndCustomAreRead() {
        Flow reject = one(
                "aws-vpc",
                "2 123456789010 eni-1235b8ca 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK");
        assertThat(reject.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(reject.destination().port()).isEqualTo(3389);
        assertThat(reject.source().bytes()).isEqualTo(4249);
        assertThat(reject.reporter()).isEqualTo("eni-1235b8ca");
        List<Flow> flows = all(
                "aws-vpc",
                "start end srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport dstport protocol tcp-flags flow-direction log-status\n"
                        + "1418530010 1418530070 10.0.0.1 10.0.0.2 10.20.0.1 10.20.0.2 40000 443 6 2 egress OK\n"
                        + "1418530010 1418530070 - - - - - - - - - NODATA\n");
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.source().ip()).isEqualTo("10.20.0.1");
            assertThat(flow.destination().ip()).isEqualTo("10.20.0.2");
            assertThat(flow.source().tcpFlags()).isEqualTo(TcpFlags.SYN);
            assertThat(flow.direction()).isEqualTo(Direction.EGRESS);
            assertThat(flow.source().bytes()).isNull();
        });
    }

    @Test
    void envoyOutboundAndInboundAreRead() {
        Flow outbound = one("envoy", """
                {"start_time":"2026-05-01T10:00:00.250Z","duration":12,"downstream_remote_address":"10.0.0.1:40000",\
                "downstream_local_address":"10.96.0.9:80","upstream_host":"10.0.0.2:8080",\
                "upstream_cluster":"outbound|80||db.shop.svc.cluster.local","protocol":"HTTP/1.1","method":"GET",\
                "path":"/a?token=secret","authority":"db","response_code":200,"response_flags":"-","bytes_received":10,\
                "bytes_sent":20,"requested_server_name":null}
                """);
        assertThat(outbound.destination().ip()).isEqualTo("10.0.0.2");
        assertThat(outbound.destination().port()).isEqualTo(8080);
        assertThat(outbound.destination().service()).isEqualTo("db");
        assertThat(outbound.destination().namespace()).isEqualTo("shop");
        assertThat(outbound.endMs() - outbound.startMs()).isEqualTo(12);
        assertThat(outbound.l7()).isEqualTo(new L7(null, new L7.Http("GET", "db", "/a", 200), null));
        assertThat(outbound.verdict()).isEqualTo(Verdict.FORWARDED);
        Flow inbound = one("envoy", """
                {"start_time":"2026-05-01T10:00:00Z","downstream_remote_address":"[fd00::1]:40000",\
                "downstream_local_address":"[fd00::2]:8080","upstream_host":"127.0.0.1:8080","upstream_cluster":"inbound|8080||",\
                "response_code":403,"response_code_details":"rbac_access_denied_matched_policy[none]"}
                """);
        assertThat(inbound.destination().ip()).isEqualTo("fd00::2");
        assertThat(inbound.direction()).isEqualTo(Direction.INGRESS);
        assertThat(inbound.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(inbound.dropReason()).isEqualTo("POLICY_DENIED");
    }

    @Test
    void linesOfIstiosVersionsAreRead() {
        String line = """
                {"start_time":"2026-05-01T10:00:00Z","downstream_remote_address":"10.0.0.1:0","downstream_local_address":\
                "10.96.0.9:80","upstream_host":"%s","upstream_cluster":"%s","response_flags":"UH"}
                """;
        Flow waypoint = one(
                "envoy",
                line.formatted(
                        "envoy://connect_originate/10.244.0.9:8080", "inbound-vip|80|http|db.shop.svc.cluster.local;"));
        assertThat(waypoint.source().port()).as("0 is no port").isNull();
        assertThat(waypoint.destination().ip()).isEqualTo("10.244.0.9");
        assertThat(waypoint.destination().port()).isEqualTo(8080);
        assertThat(waypoint.destination().service()).isEqualTo("db");
        assertThat(waypoint.direction()).isEqualTo(Direction.INGRESS);
        Flow outside = one("envoy", line.formatted("203.0.113.7:443", "outbound|443||api.example.com;"));
        assertThat(outside.destination().names()).containsExactly("api.example.com");
        assertThat(one("envoy", line.formatted("127.0.0.1:80", "inbound|8080||;"))
                        .destination()
                        .names())
                .isNull();
        Flow nowhere = one("envoy", line.formatted("-", "BlackHoleCluster"));
        assertThat(nowhere.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(nowhere.destination().ip()).isEqualTo("10.96.0.9");
    }

    @Test
    void lastRecordOfNetobservConversationCounts() {
        String line = "{\"_RecordType\":\"%s\",\"SrcAddr\":\"10.0.0.1\",\"DstAddr\":\"10.0.0.2\",\"SrcPort\":40000,"
                + "\"DstPort\":80,\"Proto\":6,\"TimeFlowStartMs\":1,\"TimeFlowEndMs\":5,\"Bytes\":9000,\"Packets\":90,"
                + "\"Bytes_AB\":2000,\"Bytes_BA\":7000,\"Packets_AB\":20,\"Packets_BA\":70}\n";
        List<Flow> flows = all(
                "netobserv",
                line.formatted("newConnection") + line.formatted("heartbeat") + line.formatted("endConnection"));
        assertThat(flows).singleElement().satisfies(flow -> {
            assertThat(flow.source().bytes()).isEqualTo(2_000);
            assertThat(flow.destination().bytes()).isEqualTo(7_000);
            assertThat(flow.destination().packets()).isEqualTo(70);
        });
    }

    @Test
    void zeekMayCountTimeInMilliseconds() {
        Flow flow = one(
                "zeek",
                "{\"ts\":1732233600123.0,\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":1,\"id.resp_h\":\"10.0.0.2\","
                        + "\"id.resp_p\":2,\"proto\":\"tcp\"}");
        assertThat(flow.startMs()).isEqualTo(1_732_233_600_123L);
    }

    @Test
    void errorNamesTheSourcesField() {
        assertThatThrownBy(
                        () -> one(
                                "netobserv",
                                "{\"SrcAddr\":\"10.0.0.1\",\"DstAddr\":\"10.0.0.2\",\"SrcPort\":70000,\"Proto\":6,\"TimeFlowStartMs\":1}"))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessage("SrcPort: '70000' is not a port of 0..65535");
        assertThatThrownBy(() -> one("hubble", "{\"flow\":{\"time\":\"yesterday\",\"l4\":{\"TCP\":{}}}}"))
                .hasMessageStartingWith("flow.time: 'yesterday' is not a number");
        assertThatThrownBy(() -> all("zeek", "#separator \\x09\n#fields\tts\tuid\n1\t2\t3\n"))
                .hasMessage("line: has 3 columns, but #fields names 2");
        assertThatThrownBy(() -> one("zeek", "{\"id.orig_h\":\"10.0.0.1\",\"ts\":1e99999999}"))
                .hasMessageStartingWith("ts: '");
    }

    private static Flow one(String format, String line) {
        return all(format, line).get(0);
    }

    /** Reads lines as a file is read; the first of them determines the format. */
    private static List<Flow> all(String format, String text) {
        List<String> lines = text.strip().lines().toList();
        LineFormat detected = LineFormats.detect(lines.get(0).getBytes(StandardCharsets.UTF_8));
        assertThat(detected.id()).isEqualTo(format);
        LineFormat.Reader reader = detected.reader();
        List<Flow> flows = new ArrayList<>();
        for (String line : lines) {
            Flow flow = reader.read(line.getBytes(StandardCharsets.UTF_8));
            if (flow != null) {
                flows.add(flow);
            }
        }
        return flows;
    }
}
