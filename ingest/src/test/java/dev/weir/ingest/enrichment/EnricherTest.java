package dev.weir.ingest.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.common.config.ConfigException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import dev.weir.model.Verdict;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnricherTest {
    @Test
    void addressHasTheNameThatItsClientAskedFor() {
        Enricher enricher = enricher(Networks.NONE);
        enricher.enrich(dns("10.0.0.1", "Shop.Example.org.", List.of("cdn.example.net", "203.0.113.7")));
        enricher.enrich(dns("10.0.0.2", "other.example.org", List.of("203.0.113.7")));
        assertThat(enricher.enrich(flow("10.0.0.1", "203.0.113.7"))
                        .destination()
                        .names())
                .containsExactly("shop.example.org");
        assertThat(enricher.enrich(flow("10.0.0.2", "203.0.113.7"))
                        .destination()
                        .names())
                .containsExactly("other.example.org");
        assertThat(enricher.enrich(flow("10.0.0.3", "203.0.113.7"))
                        .destination()
                        .names())
                .isNull();
    }

    @Test
    void databasesNameTheSystemAndTheCountry(@TempDir Path folder) throws IOException {
        int block = 0xcb007100; // 203.0.113.0
        Path systems = MaxMindFile.write(
                folder.resolve("asn.mmdb"),
                block,
                24,
                Map.of("autonomous_system_number", 64_500L, "autonomous_system_organization", "Example"));
        Path countries = MaxMindFile.write(
                folder.resolve("country.mmdb"), block, 25, Map.of("country", Map.of("iso_code", "CH")));
        Path list = Files.writeString(folder.resolve("clouds"), "203.0.0.0/8\n");
        Enricher enricher = enricher(Networks.open(new NetworksConfig(
                List.of(systems.toString(), countries.toString()), Map.of("clouds", list.toString()))));
        Endpoint known = enricher.enrich(flow("10.0.0.1", "203.0.113.7")).destination();
        assertThat(known.network()).as("a database comes before a list").isEqualTo("AS64500 Example");
        assertThat(known.country()).isEqualTo("CH");
        Endpoint half = enricher.enrich(flow("10.0.0.1", "203.0.113.200")).destination();
        assertThat(half.network()).isEqualTo("AS64500 Example");
        assertThat(half.country()).isNull();
        assertThat(network(enricher, "203.0.114.1")).isEqualTo("clouds");
        assertThat(network(enricher, "2001:db8::1"))
                .as("the databases contain only IPv4")
                .isNull();

        Path broken = Files.writeString(folder.resolve("broken.mmdb"), "not a database");
        assertThatThrownBy(() -> Networks.open(new NetworksConfig(List.of(broken.toString()), null)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("broken.mmdb: is no database in MaxMind's format");
    }

    @Test
    void narrowestListNamesUnknownAddresses(@TempDir Path folder) throws IOException {
        Path clouds = Files.writeString(folder.resolve("clouds"), "# ranges\n203.0.0.0/8\n2001:db8::/32 # v6\n");
        Path partners = Files.writeString(folder.resolve("partners"), "203.0.113.0/24\n198.51.100.9\n");
        Networks networks = Networks.open(
                new NetworksConfig(null, Map.of("clouds", clouds.toString(), "partners", partners.toString())));
        Enricher enricher = enricher(networks);
        enricher.enrich(dns("10.0.0.1", "known.example.org", List.of("203.0.113.8")));
        assertThat(network(enricher, "203.0.113.7")).isEqualTo("partners");
        assertThat(network(enricher, "203.9.9.9")).isEqualTo("clouds");
        assertThat(network(enricher, "2001:db8::7")).isEqualTo("clouds");
        assertThat(network(enricher, "198.51.100.9")).isEqualTo("partners");
        assertThat(network(enricher, "198.51.100.8")).isNull();
        assertThat(network(enricher, "203.0.113.8")).as("has a name").isNull();

        Path bad = Files.writeString(folder.resolve("bad"), "203.0.0.0/33\n");
        assertThatThrownBy(() -> Networks.open(new NetworksConfig(null, Map.of("bad", bad.toString()))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bad:1: '203.0.0.0/33' is not an address or a block");
    }

    @Test
    void addressBelongsToThePodOfTheFlowsTime() {
        Enricher enricher = enricher(Networks.NONE);
        enricher.apply(pod("old", 1_000, "10.0.0.9"));
        enricher.apply(new ContextChange("Pod", "shop", "old", 5_000, "test", null));
        enricher.apply(pod("new", 6_000, "10.0.0.9"));
        assertThat(at(enricher, 4_999)).isEqualTo("old");
        assertThat(at(enricher, 5_500)).isNull();
        assertThat(at(enricher, 6_000)).isEqualTo("new");
    }

    @Test
    void podsAreInTheZoneOfTheirNode() {
        Enricher enricher = enricher(Networks.NONE);
        enricher.apply(new ContextChange(
                "Node",
                null,
                "n1",
                1,
                "test",
                "{\"metadata\":{\"name\":\"n1\",\"labels\":{\"topology.kubernetes.io/zone\":\"eu-1a\"}}}"));
        enricher.apply(pod("a", 1, "10.0.0.9"));
        assertThat(enricher.enrich(flow("10.0.0.9", "10.0.0.10")).source().zone())
                .isEqualTo("eu-1a");
    }

    private static @Nullable String at(Enricher enricher, long ms) {
        Flow flow = flow("10.0.0.1", "10.0.0.9");
        Flow then = Flow.of(ms, ms, flow.source(), flow.destination(), "TCP", Verdict.UNKNOWN);
        return enricher.enrich(then).destination().pod();
    }

    private static ContextChange pod(String name, long fromMs, String ip) {
        return new ContextChange(
                "Pod",
                "shop",
                name,
                fromMs,
                "test",
                "{\"metadata\":{\"namespace\":\"shop\",\"name\":\"" + name
                        + "\"},\"spec\":{\"nodeName\":\"n1\"},\"status\":{\"podIP\":\"" + ip + "\"}}");
    }

    private static @Nullable String network(Enricher enricher, String address) {
        return enricher.enrich(flow("10.0.0.1", address)).destination().network();
    }

    private static Enricher enricher(Networks networks) {
        return new Enricher(Duration.ofHours(1), networks, new IngestMetrics(new CollectorRegistry()));
    }

    private static Flow flow(String from, String to) {
        return of(from, to, null);
    }

    private static Flow dns(String client, String query, List<String> answers) {
        return of(client, "10.0.0.53", new L7(new L7.Dns(query, "A", "NOERROR", answers), null, null));
    }

    private static Flow of(String from, String to, @Nullable L7 l7) {
        return Flow.builder()
                .startMs(1_000_000L)
                .endMs(1_000_000L)
                .source(Endpoint.of(from, 40_000))
                .destination(Endpoint.of(to, 443))
                .protocol("TCP")
                .l7(l7)
                .build();
    }
}
