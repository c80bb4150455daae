package dev.weir.ingest;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Every metric of ingest. {@code docs/reference/metrics.md} lists them and a test holds it to this class. */
public final class IngestMetrics {
    /** Where many have a label each, and for what no one of them can be named. */
    public static final String OTHER = "other";

    private static final int MOST_EXPORTERS = 1_000;

    public final Counter flowsRead;
    public final Counter flowsPublished;
    public final Counter flowsLost;
    public final Counter linesRejected;
    public final Counter linesSkipped;
    public final Counter flowsTurned;
    public final Counter flowsMerged;
    public final Counter flowsDuplicate;
    public final Gauge spoolBytes;
    public final Gauge diskRoom;
    public final Counter spoolDamaged;
    public final Counter orientationEvicted;
    public final Counter publishRetries;
    public final Counter datagrams;
    public final Counter datagramsRejected;
    public final Counter datagramsDropped;
    public final Counter reconnects;
    public final Counter requestsRefused;
    public final Counter requestsSlowed;
    public final Counter connectionsClosed;
    public final Counter hubbleLost;
    public final Counter conntrackOverruns;
    public final Counter conntrackEvicted;
    public final Counter packets;
    public final Counter packetsSkipped;
    public final Counter capturesDamaged;
    public final Counter netflowConnectionsClosed;
    public final Counter netflowSequenceGaps;
    public final Counter netflowSetsHeld;
    public final Counter netflowSetsLost;
    public final Counter netflowSessionsForgotten;
    public final Counter netflowTemplateConflicts;
    public final Counter netflowRecordsSkipped;
    public final Counter manifestErrors;
    public final Counter contextChanges;
    public final Counter contextForgotten;
    public final Counter contextRejected;
    public final Gauge kubernetesKindsMissing;
    public final Counter flowsAmbiguous;
    public final Counter flowsOfUnknownCluster;
    public final Gauge kubernetesLeads;
    public final Gauge contextObjects;
    public final Gauge orientationHeld;

    private final Set<String> exporters = ConcurrentHashMap.newKeySet();

    public IngestMetrics(CollectorRegistry registry) {
        flowsRead = counter(registry, "weir_ingest_flows_read_total", "Flows read from a source.", "collector");
        flowsPublished =
                counter(registry, "weir_ingest_flows_published_total", "Flows that Kafka acknowledged.", "collector");
        flowsLost = counter(
                registry,
                "weir_ingest_flows_lost_total",
                "Flows that were read but not published.",
                "collector",
                "reason");
        linesRejected =
                counter(registry, "weir_ingest_lines_rejected_total", "Lines that are no flow.", "collector", "format");
        linesSkipped = counter(
                registry,
                "weir_ingest_lines_skipped_total",
                "Lines and records that are in order and hold no flow.",
                "collector",
                "format");
        flowsTurned =
                counter(registry, "weir_ingest_flows_turned_total", "Reply records turned round, by what told.", "by");
        flowsMerged = counter(registry, "weir_ingest_flows_merged_total", "Pairs of halves made one flow.");
        flowsDuplicate = counter(
                registry,
                "weir_ingest_flows_duplicate_total",
                "Records left out because a connection was told already, by another reporter or at another point.",
                "by");
        diskRoom = Gauge.build(
                        "weir_ingest_disk_room_bytes",
                        "Bytes that the disk of the spool can take before only what is kept free is left; negative below that.")
                .register(registry);
        spoolBytes = Gauge.build("weir_ingest_spool_bytes", "Bytes of flows that wait on disk for Kafka.")
                .register(registry);
        spoolDamaged = counter(
                registry, "weir_ingest_spool_damaged_bytes_total", "Bytes of the spool that were torn or damaged.");
        orientationEvicted = counter(
                registry, "weir_ingest_orientation_evicted_total", "Halves released early because too many were held.");
        publishRetries = counter(
                registry, "weir_ingest_publish_retries_total", "Batches sent again after Kafka failed.", "collector");
        datagrams = counter(registry, "weir_ingest_datagrams_total", "Datagrams received.", "version");
        datagramsRejected = counter(
                registry, "weir_ingest_datagrams_rejected_total", "Datagrams that contradict themselves.", "exporter");
        datagramsDropped = counter(
                registry,
                "weir_ingest_datagrams_dropped_total",
                "Datagrams that came and were not decoded.",
                "reason",
                "exporter");
        reconnects =
                counter(registry, "weir_ingest_reconnects_total", "Connections to a source made again.", "collector");
        hubbleLost =
                counter(registry, "weir_ingest_hubble_lost_events_total", "Events that Hubble says it lost.", "source");
        conntrackEvicted = counter(
                registry,
                "weir_ingest_conntrack_evicted_total",
                "Connections forgotten because too many were open: what they had sent is told again.");
        conntrackOverruns = counter(
                registry,
                "weir_ingest_conntrack_overruns_total",
                "Times that the kernel's events overran their buffer.");
        packets = counter(registry, "weir_ingest_packets_total", "IP packets read from captures.");
        packetsSkipped = counter(registry, "weir_ingest_packets_skipped_total", "Packets that made no flow.", "reason");
        capturesDamaged =
                counter(registry, "weir_ingest_captures_damaged_total", "Captures that were cut off or damaged.");
        requestsRefused = counter(
                registry,
                "weir_ingest_requests_refused_total",
                "Requests to POST /v1/flows refused as a whole.",
                "status");
        requestsSlowed = counter(
                registry,
                "weir_ingest_requests_slowed_seconds_total",
                "Time for which requests to POST /v1/flows waited because many flows were still to be judged.");
        connectionsClosed = counter(
                registry,
                "weir_ingest_http_connections_closed_total",
                "HTTP connections that were closed because their address had too many, or a request was not whole in time (slow).",
                "reason");
        netflowConnectionsClosed = counter(
                registry,
                "weir_ingest_netflow_connections_closed_total",
                "IPFIX connections that the collector closed: too many of their address (address) or of all (all), a message or handshake not whole in time (slow), silent (idle), not to be read (malformed).",
                "reason");
        netflowSequenceGaps = counter(
                registry,
                "weir_ingest_netflow_sequence_gap_total",
                "Units that the exporters' sequence numbers say never arrived: datagrams for v9, else flows.",
                "version",
                "exporter");
        netflowSetsHeld =
                counter(registry, "weir_ingest_netflow_sets_held_total", "Data sets that waited for their template.");
        netflowSetsLost =
                counter(registry, "weir_ingest_netflow_sets_lost_total", "Data sets whose template never came.");
        netflowSessionsForgotten = counter(
                registry,
                "weir_ingest_netflow_sessions_forgotten_total",
                "Sessions whose templates made room for others, because their address (address) or all together (all) had too many.",
                "bound");
        netflowTemplateConflicts = counter(
                registry,
                "weir_ingest_netflow_template_conflicts_total",
                "Templates that contradict another one of the same address, domain and id.",
                "exporter");
        netflowRecordsSkipped =
                counter(registry, "weir_ingest_netflow_records_skipped_total", "Records that are no flow.", "reason");
        manifestErrors =
                counter(registry, "weir_ingest_manifest_errors_total", "Manifest files that could not be read.");
        contextChanges = counter(registry, "weir_ingest_context_changes_total", "Context changes published.", "kind");
        contextForgotten = counter(
                registry,
                "weir_ingest_context_forgotten_total",
                "Keys removed from weir.context because their object ended before the history.");
        kubernetesKindsMissing = Gauge.build(
                        "weir_ingest_kubernetes_kinds_missing",
                        "Kinds that are to be watched and that the API server does not serve.")
                .register(registry);
        flowsAmbiguous = counter(
                registry,
                "weir_ingest_flows_ambiguous_total",
                "Flows without a cluster whose addresses are in several: their ends get no names.");
        flowsOfUnknownCluster = counter(
                registry,
                "weir_ingest_flows_unknown_cluster_total",
                "Flows of a cluster that weir.context knows nothing of, while it knows others.");
        contextRejected =
                counter(registry, "weir_ingest_context_rejected_total", "Context changes that could not be read.");
        kubernetesLeads = Gauge.build(
                        "weir_ingest_kubernetes_leads",
                        "1 while this process watches the cluster and publishes, else 0.")
                .register(registry);
        contextObjects = Gauge.build("weir_ingest_context_objects", "Objects that addresses are resolved by.")
                .register(registry);
        orientationHeld = Gauge.build("weir_ingest_orientation_held", "Halves that wait for their other half.")
                .register(registry);
    }

    /** The label of an exporter: its address; {@code other} for all beyond the first thousand. */
    public String exporter(String address) {
        if (exporters.contains(address)) {
            return address;
        }
        synchronized (exporters) {
            return exporters.contains(address) || (exporters.size() < MOST_EXPORTERS && exporters.add(address))
                    ? address
                    : OTHER;
        }
    }

    private static Counter counter(CollectorRegistry registry, String name, String help, String... labels) {
        return Counter.build(name, help).labelNames(labels).register(registry);
    }
}
