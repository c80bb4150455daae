package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.conntrack.ConntrackCollector;
import dev.weir.ingest.collector.conntrack.ConntrackConfig;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.ingest.collector.netflow.NetflowConfig;
import dev.weir.ingest.collector.pcap.PcapCollector;
import dev.weir.ingest.collector.pcap.PcapConfig;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.ingest.pipeline.EventClock;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.model.Flow;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the counts of other programs with Weir's for the same real traffic. */
class PeersTest {
    private static final int CONNECTIONS = 20;
    private static final int PORT = 5432;
    private static final String LIST = "conntrack -L -p tcp --dport " + PORT + " 2>/dev/null";

    private final IngestMetrics metrics = new IngestMetrics(new CollectorRegistry());

    @TempDir
    Path folder;

    private record Totals(long connections, long bytes, long packets) {}

    @Test
    void countsOfConnectionsAndBytesMatchPeers() throws Exception {
        PodNetwork.requirePossible("tcpdump", "softflowd", "nfpcapd", "nfdump", "conntrack", "nft", "sysctl");
        Path capture = folder.resolve("db.pcap");
        List<Flow> tracked = new CopyOnWriteArrayList<>();
        String listed;
        try (PodNetwork network = new PodNetwork(List.of("web", "db"), folder)) {
            for (String setting : List.of("acct=1", "timestamp=1", "events=1")) {
                network.in("db", "sysctl", "-qw", "net.netfilter.nf_conntrack_" + setting);
            }
            network.in(
                    "db",
                    "nft",
                    "add table ip t; add chain ip t c { type filter hook input priority 0; };"
                            + " add rule ip t c ct state new counter");
            network.begin(
                    "db",
                    "tcpdump",
                    "-Z",
                    "root",
                    "-i",
                    "eth0",
                    "-U",
                    "--immediate-mode",
                    "-w",
                    capture.toString(),
                    "tcp");
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(capture) && Files.size(capture) > 0);
            network.serve("db", PORT);
            ConntrackConfig config =
                    new ConntrackConfig(true, "/run/netns/" + network.namespace("db"), null, null, null, "node-1");
            try (ConntrackCollector collector = new ConntrackCollector(
                    config,
                    pipeline(ConntrackCollector.KIND, FlowClock.arrival(clock()), null, tracked),
                    clock(),
                    metrics)) {
                collector.start();
                for (int i = 0; i < CONNECTIONS; i++) {
                    network.connect("web", "db", PORT);
                }
                await().atMost(Duration.ofSeconds(60)).until(() -> closed(network) == CONNECTIONS);
                // The last packets come through a buffer of their own.
                AtomicLong size = new AtomicLong();
                await().during(Duration.ofMillis(1_500))
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> {
                            long now = Files.size(capture);
                            return size.getAndSet(now) == now;
                        });
                listed = network.in("db", "sh", "-c", LIST);
                network.in("db", "conntrack", "-D", "-p", "tcp", "--dport", String.valueOf(PORT));
                await().atMost(Duration.ofSeconds(60)).until(() -> tracked.size() == CONNECTIONS);
            }
        }

        Totals packets = totals(captured(capture));
        assertThat(packets.connections()).isEqualTo(CONNECTIONS);
        assertThat(totals(tracked)).as("conntrack by Weir").isEqualTo(packets);
        assertThat(new Totals(CONNECTIONS, sum(listed, "bytes=([0-9]+)"), sum(listed, "packets=([0-9]+)")))
                .as("conntrack by itself")
                .isEqualTo(packets);
        assertThat(totals(exported(capture))).as("softflowd to Weir").isEqualTo(packets);
        assertThat(dumped(capture)).as("nfpcapd and nfdump").isEqualTo(packets.bytes());
        assertThat(tracked).allSatisfy(flow -> {
            assertThat(flow.destination().port()).isEqualTo(PORT);
            assertThat(flow.reporter()).isEqualTo("node-1");
        });
    }

    private static long closed(PodNetwork network) throws Exception {
        return network.in("db", "sh", "-c", LIST)
                .lines()
                .filter(line -> line.contains("TIME_WAIT"))
                .count();
    }

    private List<Flow> captured(Path capture) throws Exception {
        List<Flow> flows = new CopyOnWriteArrayList<>();
        PcapConfig config = new PcapConfig(List.of(capture.toString()), null, null, null);
        EventClock time = new EventClock();
        try (PcapCollector collector =
                new PcapCollector(config, time, pipeline(PcapCollector.KIND, time, null, flows), metrics)) {
            collector.start();
            await().atMost(Duration.ofSeconds(60)).until(collector::finished);
            // The capture was ended in the middle of things; what it holds is whole.
            assertThat(collector.problems()).isEmpty();
        }
        return flows;
    }

    private List<Flow> exported(Path capture) throws Exception {
        List<Flow> flows = new CopyOnWriteArrayList<>();
        Orienter orienter = new Orienter(Duration.ofSeconds(5), 10_000, metrics);
        try (NetflowCollector collector = new NetflowCollector(
                NetflowConfig.on("127.0.0.1", 0),
                true,
                pipeline(NetflowCollector.KIND, FlowClock.arrival(clock()), orienter, flows),
                clock(),
                metrics)) {
            collector.start();
            RequiredPrograms.run(
                    "softflowd",
                    "-r",
                    capture.toString(),
                    "-n",
                    "127.0.0.1:" + collector.port(),
                    "-v",
                    "9",
                    "-T",
                    "full");
            await().atMost(Duration.ofSeconds(60)).until(() -> flows.size() >= CONNECTIONS);
        }
        return flows;
    }

    /** Bytes by nfdump. */
    private long dumped(Path capture) throws Exception {
        Path dump = Files.createDirectories(folder.resolve("nfdump"));
        RequiredPrograms.run("nfpcapd", "-r", capture.toString(), "-l", dump.toString());
        String text = RequiredPrograms.run("nfdump", "-R", dump.toString(), "-q", "-N", "-o", "fmt:bytes=%byt");
        return sum(text, "bytes= *([0-9]+)");
    }

    private FlowPipeline pipeline(String kind, FlowClock clock, @Nullable Orienter orienter, List<Flow> flows) {
        FlowStages stages = new FlowStages(null, orienter, null);
        return new FlowPipeline(kind, stages, clock, (collector, flow) -> flows.add(flow), metrics);
    }

    private static Totals totals(List<Flow> flows) {
        long bytes = 0;
        long packets = 0;
        for (Flow flow : flows) {
            for (dev.weir.model.Endpoint end : List.of(flow.source(), flow.destination())) {
                bytes += end.bytes() == null ? 0 : end.bytes();
                packets += end.packets() == null ? 0 : end.packets();
            }
        }
        return new Totals(flows.size(), bytes, packets);
    }

    private static long sum(String text, String number) {
        long sum = 0;
        Matcher matcher = Pattern.compile(number).matcher(text);
        while (matcher.find()) {
            sum += Long.parseLong(matcher.group(1));
        }
        return sum;
    }

    private static InstantSource clock() {
        return InstantSource.system();
    }
}
