package dev.weir.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Direction;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import dev.weir.model.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads the text logs of Istio's sidecars and of its ztunnel. */
class IstioLinesTest {
    private static final String REQUEST = "[2026-05-01T10:00:00.250Z] \"GET /v1/items?token=s3cret HTTP/1.1\" 200 - "
            + "via_upstream - \"-\" 10 135 12 1 \"-\" \"%s\" \"84961386-6d84-929d\" \"api.data:8080\" \"10.0.2.9:8080\" "
            + "outbound|8080||api.data.svc.cluster.local 10.0.1.5:41854 10.96.0.7:8080 10.0.1.5:37652 - default";
    private static final String ZTUNNEL = "2026-05-01T10:00:00.500Z\tinfo\taccess\tconnection complete\t"
            + "src.addr=10.0.1.5:44321 src.workload=\"web-6d4b75cb6d-x2x9z\" src.namespace=\"shop\" "
            + "src.identity=\"spiffe://cluster.local/ns/shop/sa/web\" dst.addr=10.0.2.9:15008 dst.hbone_addr=10.0.2.9:5432 "
            + "dst.service=\"db.data.svc.cluster.local\" dst.workload=\"db-0\" dst.namespace=\"data\" "
            + "direction=\"inbound\" bytes_sent=200 bytes_recv=100 duration=\"250.5ms\"";

    @ParameterizedTest
    @ValueSource(strings = {"curl/7.73.0-DEV", "Mozilla/5.0 (X11; Linux)", "a \"b\" c", ""})
    void requestIsReadWithAnyUserAgent(String userAgent) {
        Flow flow = Reading.one(REQUEST.formatted(userAgent));
        assertThat(flow.source().ip()).isEqualTo("10.0.1.5");
        assertThat(flow.source().port()).isEqualTo(37_652);
        assertThat(flow.source().bytes()).isEqualTo(10);
        assertThat(flow.destination().ip()).isEqualTo("10.0.2.9");
        assertThat(flow.destination().service()).isEqualTo("api");
        assertThat(flow.destination().bytes()).isEqualTo(135);
        assertThat(flow.endMs() - flow.startMs()).isEqualTo(12);
        assertThat(flow.direction()).isEqualTo(Direction.EGRESS);
        assertThat(flow.verdict()).isEqualTo(Verdict.FORWARDED);
        assertThat(flow.l7()).isEqualTo(new L7(null, new L7.Http("GET", "api.data:8080", "/v1/items", 200), null));
    }

    @Test
    void deniedTcpConnectionIsDropped() {
        Flow flow =
                Reading.one("[2026-05-01T10:00:00.250Z] \"- - -\" 0 - - rbac_access_denied_matched_policy[none] \"-\""
                        + " 0 0 1 - \"-\" \"-\" \"-\" \"-\" \"-\" inbound|5432|| - 10.0.2.9:5432 10.0.1.5:44321"
                        + " outbound_.5432_._.db.data.svc.cluster.local -");
        assertThat(flow.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(flow.dropReason()).isEqualTo("POLICY_DENIED");
        assertThat(flow.destination().port()).isEqualTo(5432);
        assertThat(flow.l7()).isEqualTo(new L7(null, null, new L7.Tls("outbound_.5432_._.db.data.svc.cluster.local")));
    }

    @Test
    void textOfOlderVersionsIsRead() {
        Flow flow = Reading.one(
                "[2020-05-01T10:00:00.250Z] \"GET /a HTTP/1.1\" 403 - \"-\" \"-\" 0 19 3 - \"-\" \"curl\""
                        + " \"id\" \"api\" \"-\" inbound|8080|http|api.data.svc.cluster.local - 10.0.2.9:8080 10.0.1.5:37652 - default");
        assertThat(flow.destination().bytes()).isEqualTo(19);
        assertThat(flow.l7()).isEqualTo(new L7(null, new L7.Http("GET", "api", "/a", 403), null));
    }

    @Test
    void envoysOwnTextIsRejectedWithTheReason() {
        assertThatThrownBy(
                        () -> Reading.all("[2026-05-01T10:00:00.250Z] \"GET / HTTP/1.1\" 200 - 0 2 1 0 \"-\" \"curl\""
                                + " \"id\" \"api\" \"10.0.2.9:80\""))
                .hasMessageContaining("names no downstream addresses");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void connectionOfZtunnelIsRead(boolean json) {
        Flow flow = Reading.one(json ? json(ZTUNNEL) : ZTUNNEL);
        assertThat(flow.collector()).isEqualTo("ztunnel");
        assertThat(flow.endMs() - flow.startMs()).isEqualTo(250);
        assertThat(flow.source().pod()).isEqualTo("web-6d4b75cb6d-x2x9z");
        assertThat(flow.source().namespace()).isEqualTo("shop");
        assertThat(flow.source().bytes()).isEqualTo(100);
        assertThat(flow.destination().ip()).isEqualTo("10.0.2.9");
        assertThat(flow.destination().port()).isEqualTo(5432);
        assertThat(flow.destination().pod()).isEqualTo("db-0");
        assertThat(flow.destination().service()).isEqualTo("db");
        assertThat(flow.destination().bytes()).isEqualTo(200);
        assertThat(flow.direction()).isEqualTo(Direction.INGRESS);
        assertThat(flow.encrypted()).isTrue();
        assertThat(flow.verdict()).isEqualTo(Verdict.FORWARDED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connection closed due to policy rejection: allow policies exist, but none allowed",
                "connection closed due to policy rejection: explicitly denied by: data/deny",
                "http status: 401 Unauthorized"
            })
    void connectionEndedByZtunnelsPolicyIsDropped(String error) {
        Flow flow = Reading.one(ZTUNNEL + " error=\"" + error + "\"");
        assertThat(flow.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(flow.dropReason()).isEqualTo("POLICY_DENIED");
    }

    @Test
    void openedConnectionOfZtunnelIsNoFlowYet() {
        assertThat(Reading.all(ZTUNNEL.replace("complete", "opened"))).isEmpty();
    }

    /** Returns the same line with {@code LOG_FORMAT=json}. */
    private static String json(String text) {
        String[] parts = text.split("\t", -1);
        String fields = parts[4].replaceAll("([a-z_.]+)=(\"[^\"]*\")", "\"$1\":$2")
                .replaceAll("([a-z_.]+)=([0-9]+)(?= |$)", "\"$1\":$2")
                .replaceAll("([a-z_.]+)=([^\" ]+)", "\"$1\":\"$2\"")
                .replace(" ", ",");
        return "{\"level\":\"info\",\"time\":\"" + parts[0] + "\",\"scope\":\"access\",\"message\":\"" + parts[3]
                + "\"," + fields + "}";
    }
}
