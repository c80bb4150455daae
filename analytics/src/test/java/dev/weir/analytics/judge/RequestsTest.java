package dev.weir.analytics.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.L7;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private final Requests requests = new Requests();

    @Test
    void questionsCountByRegisteredDomain() {
        ask("www.example.co.uk", "NOERROR");
        ask("Mail.Example.co.uk.", "NXDOMAIN");
        ask("db.shop.svc.cluster.local", "NOERROR");
        assertThat(requests.dns()).singleElement().satisfies(queries -> {
            assertThat(queries.domain()).isEqualTo("example.co.uk");
            assertThat(queries.queries()).isEqualTo(2);
            assertThat(queries.failed()).isEqualTo(1);
            assertThat(queries.nameBytes()).isEqualTo(7);
        });
    }

    @Test
    void decoysDoNotHideATunnel() {
        for (int i = 0; i < 500; i++) {
            ask("a.decoy" + i + ".com", "NOERROR");
        }
        for (int i = 0; i < 30; i++) {
            ask("x".repeat(50) + i + ".tunnel.net", "NOERROR");
            ask("b.other" + i + ".com", "NOERROR");
        }
        List<DnsQueries> asked = requests.dns();
        assertThat(asked).hasSize(Activity.MAX_DOMAINS);
        assertThat(asked)
                .filteredOn(queries -> queries.domain().equals("tunnel.net"))
                .singleElement()
                .extracting(DnsQueries::queries)
                .isEqualTo(30L);
    }

    private void ask(String name, String rcode) {
        requests.add(new L7(new L7.Dns(name, "A", rcode, null), null, null));
    }
}
