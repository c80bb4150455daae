package dev.weir.ingest.collector.netflow;

import static dev.weir.ingest.collector.netflow.NetflowReceiverTest.data;
import static dev.weir.ingest.collector.netflow.NetflowReceiverTest.message;
import static dev.weir.ingest.collector.netflow.NetflowReceiverTest.template;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import io.netty.buffer.ByteBuf;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sends from many domains, ports or addresses, beside an exporter whose templates must survive. */
class ManySessionsTest {
    private static final String GOOD = "192.0.2.1";
    private static final String OTHER = "192.0.2.2";
    private static final int MANY = NetflowDecoder.MAX_DOMAINS + 50;
    private static final int DOMAINS = 3;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final NetflowReceiver receiver = new NetflowReceiver(
            new NetflowConfig(true, null, 0, null, null, null, Duration.ofSeconds(60), null, null),
            null,
            NetflowReceiver.Transport.DATAGRAMS,
            new IngestMetrics(registry));

    @Test
    void emptyMessagesOfManyDomainsLeaveNothing() {
        learnGood();
        receive(OTHER, 1, message(0, template()));
        for (int i = 0; i < MANY; i++) {
            receive(OTHER, 1, inDomain(1_000 + i, message(0)));
        }
        assertThat(receive(OTHER, 1, message(0, data(80, 64)))).isEqualTo(1);
        assertGoodIsRead();
        assertThat(forgotten("address") + forgotten("all")).isZero();
    }

    @Test
    void emptyMessagesFromManyPortsLeaveNothing() {
        learnGood();
        receive(OTHER, 1, message(0, template()));
        for (int i = 0; i < MANY; i++) {
            receive(OTHER, 1_000 + i, message(0));
        }
        assertThat(receive(OTHER, 1, message(0, data(80, 64)))).isEqualTo(1);
        assertGoodIsRead();
        assertThat(forgotten("address") + forgotten("all")).isZero();
    }

    @Test
    void templatesOfManyDomainsEvictNoOtherAddress() {
        learnGood();
        for (int i = 0; i < MANY; i++) {
            receive(OTHER, 1, inDomain(i, message(0, template())));
        }
        assertGoodIsRead();
        assertThat(forgotten("address")).isEqualTo(MANY - NetflowDecoder.MAX_DOMAINS_OF_ADDRESS);
    }

    @Test
    void templatesFromManyPortsEvictNoOtherAddress() {
        learnGood();
        for (int i = 0; i < MANY; i++) {
            receive(OTHER, i, message(0, template()));
        }
        assertGoodIsRead();
        assertThat(forgotten("address")).isEqualTo(MANY - NetflowDecoder.MAX_DOMAINS_OF_ADDRESS);
    }

    @Test
    void setsOfManyDomainsEvictNoOtherAddress() {
        learnGood();
        for (int i = 0; i < MANY; i++) {
            receive(OTHER, 1, inDomain(i, message(0, data(80, 64))));
        }
        assertGoodIsRead();
    }

    @Test
    void addressesWithManyDomainsEvictTheirOwn() {
        learnGood();
        int senders = 20;
        for (int sender = 0; sender < senders; sender++) {
            for (int i = 0; i < NetflowDecoder.MAX_DOMAINS_OF_ADDRESS; i++) {
                receive("198.51.100." + sender, 1, inDomain(i, message(0, template())));
            }
        }
        assertGoodIsRead();
        assertThat(forgotten("all"))
                .isEqualTo(DOMAINS + senders * NetflowDecoder.MAX_DOMAINS_OF_ADDRESS - NetflowDecoder.MAX_DOMAINS);
    }

    @Test
    void manyAddressesEvictTheLongestUnheard() {
        receive(GOOD, 1, message(0, template()));
        for (int i = 0; i < MANY; i++) {
            receive("10.0." + i / 256 + "." + i % 256, 1, message(0, template()));
            if (i % 1_000 == 0) {
                assertThat(receive(GOOD, 1, message(i, data(80, 64)))).isEqualTo(1);
            }
        }
        assertThat(receive(GOOD, 1, message(0, data(80, 64)))).isEqualTo(1);
        assertThat(receive("10.0.0.0", 1, message(0, data(80, 64)))).isZero();
        // The last session has a set that waits for its template, so it is kept.
        assertThat(forgotten("all")).isEqualTo(MANY + 2 - NetflowDecoder.MAX_DOMAINS);
    }

    @Test
    void manyTemplatesOfASessionEvictItsOldest() {
        learnGood();
        int more = 100;
        for (int i = 0; i < ExporterState.MAX_TEMPLATES + more; i++) {
            receive(OTHER, 1, message(0, template(256 + i)));
        }
        assertGoodIsRead();
        assertThat(evicted("template")).isEqualTo(more);
        assertThat(forgotten("address") + forgotten("all")).isZero();
    }

    private void learnGood() {
        for (int domain = 0; domain < DOMAINS; domain++) {
            receive(GOOD, 1, inDomain(domain, message(0, template())));
        }
    }

    private void assertGoodIsRead() {
        for (int domain = 0; domain < DOMAINS; domain++) {
            assertThat(receive(GOOD, 1, inDomain(domain, message(0, data(80, 64)))))
                    .as("flows of domain " + domain)
                    .isEqualTo(1);
        }
    }

    private int receive(String exporter, int port, ByteBuf message) {
        List<Flow> flows = new ArrayList<>();
        receiver.receive(exporter, port, message, 0, (flow, point) -> flows.add(flow));
        return flows.size();
    }

    private double forgotten(String bound) {
        Double value = registry.getSampleValue(
                "weir_ingest_netflow_sessions_evicted_total", new String[] {"bound"}, new String[] {bound});
        return value == null ? 0 : value;
    }

    private double evicted(String table) {
        return registry.getSampleValue(
                "weir_ingest_entries_evicted_total", new String[] {"table"}, new String[] {table});
    }

    private static ByteBuf inDomain(int domain, ByteBuf message) {
        return message.setInt(12, domain);
    }
}
