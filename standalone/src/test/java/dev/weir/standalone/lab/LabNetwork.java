package dev.weir.standalone.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.pcap.PcapCollector;
import dev.weir.ingest.collector.pcap.PcapConfig;
import dev.weir.ingest.pipeline.EventClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.model.Flow;
import dev.weir.standalone.Namespaces;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Hosts on one wire, some with addresses of a cluster and some outside it, and a capture of all their packets. The wire
 * leads nowhere else, so that no packet can reach an address that is not the lab's.
 */
final class LabNetwork implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Namespaces namespaces;
    private final Map<String, String> addresses;
    private final Path capture;
    private final Path log;
    private final Process capturing;

    /**
     * Makes the hosts and starts the capture.
     *
     * @param addresses the IPv4 address of each host, by its name of at most eight letters and digits
     * @param folder for the capture and the output of programs
     */
    LabNetwork(Map<String, String> addresses, Path folder) throws Exception {
        this.addresses = Map.copyOf(addresses);
        this.capture = folder.resolve("lab.pcap");
        this.log = folder.resolve("tcpdump.log");
        this.namespaces = new Namespaces("l", folder);
        try {
            for (Map.Entry<String, String> host : addresses.entrySet()) {
                namespaces.add(host.getKey(), host.getValue() + "/32");
                // Every address is looked for on the wire.
                namespaces.in(host.getKey(), "ip", "route", "add", "default", "dev", "eth0");
            }
            this.capturing = namespaces.beginAtBridge(
                    "tcpdump",
                    "-Z",
                    "root",
                    "-i",
                    Namespaces.BRIDGE_INTERFACE,
                    "-U",
                    "--immediate-mode",
                    // Room for a flood while the disk is busy, in KiB; of each packet the heads that a flow is made of.
                    "-B",
                    "262144",
                    "-s",
                    "512",
                    "-w",
                    capture.toString(),
                    // The bridge itself speaks IGMP.
                    "tcp or udp or icmp");
            await().atMost(PATIENCE).until(() -> Files.exists(capture) && Files.size(capture) > 0);
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    String address(String host) {
        return addresses.get(host);
    }

    /** Runs a command at a host and returns its output. */
    String in(String host, String... command) throws Exception {
        return namespaces.in(host, command);
    }

    /** Starts a command at a host; it ends with the lab at the latest. */
    Process begin(String host, String... command) throws IOException {
        return namespaces.begin(host, command);
    }

    /** Waits until something at a host listens on a TCP port. */
    void awaitListening(String host, int port) {
        await().atMost(PATIENCE).until(() -> in(host, "ss", "-ltn").contains(":" + port + " "));
    }

    /** Ends the capture and returns its connections, as the collector of captures reads them. */
    List<Flow> flows() throws Exception {
        capturing.descendants().forEach(ProcessHandle::destroy);
        capturing.destroy();
        assertThat(capturing.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(log)).contains("\n0 packets dropped by kernel");
        List<Flow> flows = Collections.synchronizedList(new ArrayList<>());
        IngestMetrics metrics = new IngestMetrics(new CollectorRegistry());
        EventClock time = new EventClock();
        FlowPipeline pipeline = new FlowPipeline(
                PcapCollector.KIND, FlowStages.connections(metrics), time, (kind, flow) -> flows.add(flow), metrics);
        PcapConfig config = new PcapConfig(List.of(capture.toString()), null, null, null);
        try (PcapCollector collector = new PcapCollector(config, time, pipeline, metrics)) {
            collector.start();
            await().atMost(PATIENCE).until(collector::finished);
            assertThat(collector.problems()).isEmpty();
        }
        return List.copyOf(flows);
    }

    @Override
    public void close() throws Exception {
        namespaces.close();
    }
}
