package dev.weir.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AwsLinesTest {
    private static final String RECORD =
            "2 111122223333 eni-1a 10.0.1.5 10.0.2.9 44321 443 6 12 5400 1700000000 1700000055 ACCEPT OK";
    private static final String EMPTY = "2 111122223333 eni-1a - - - - - - - 1700000060 1700000115 - NODATA";
    private static final String GATEWAY =
            "6 TransitGateway 111122223333 tgw-1 tgw-attach-1 111122223333 444455556666 vpc-1"
                    + " vpc-2 subnet-1 subnet-2 eni-1 eni-2 use1-az1 use1-az2 tgw-attach-2 10.0.1.5 10.0.2.9 44321 443 6 12 5400"
                    + " 1700000000 1700000055 OK IPv4 0 0 0 0 2 us-east-1 ingress - -";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2023-11-14T22:13:20.000Z ",
                "2023-11-14T22:13:20Z\t",
                "2023-11-14T22:13:20+00:00 eni-1a-all "
            })
    void leadingTimeIsSkipped(String before) {
        Flow flow = Reading.one(before + RECORD + "\n" + before + EMPTY);
        assertThat(flow.source().ip()).isEqualTo("10.0.1.5");
        assertThat(flow.destination().port()).isEqualTo(443);
        assertThat(flow.reporter()).isEqualTo("eni-1a");
        assertThat(flow.startMs()).isEqualTo(1_700_000_000_000L);
    }

    @Test
    void unknownAccountIsRead() {
        assertThat(Reading.all(RECORD.replace("111122223333", "unknown") + "\n" + RECORD))
                .hasSize(2);
    }

    @Test
    void dashesWithoutAStatusAreNoFlow() {
        String header = "version interface-id pkt-srcaddr pkt-dstaddr srcport dstport protocol start end action\n";
        Flow flow = Reading.one(header + "3 eni-1 10.0.1.5 10.0.2.9 44321 443 6 1700000000 1700000055 ACCEPT\n"
                + "3 eni-1 - - - - - 1700000060 1700000115 -");
        assertThat(flow.source().port()).isEqualTo(44_321);
    }

    @Test
    void transitGatewaysDefaultIsRead() {
        Flow flow = Reading.one(GATEWAY);
        assertThat(flow.source().ip()).isEqualTo("10.0.1.5");
        assertThat(flow.source().bytes()).isEqualTo(5_400);
        assertThat(flow.source().tcpFlags()).isEqualTo(2);
        assertThat(flow.destination().port()).isEqualTo(443);
        assertThat(flow.reporter()).isEqualTo("tgw-attach-1");
        assertThat(Reading.all("2023-11-14T22:13:20.000Z " + GATEWAY)).hasSize(1);
    }

    @Test
    void transitGatewaysCustomFormatNeedsItsHeader() {
        assertThatThrownBy(() -> Reading.all("6 TransitGateway 111122223333 10.0.1.5 10.0.2.9"))
                .hasMessage("line: has 5 columns, not 36; a custom format needs its header line");
        assertThat(Reading.all("resource-type srcaddr dstaddr srcport dstport protocol start end\n"
                        + "TransitGateway 10.0.1.5 10.0.2.9 44321 443 6 1700000000 1700000055"))
                .hasSize(1);
    }
}
