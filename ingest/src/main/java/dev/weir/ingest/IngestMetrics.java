package dev.weir.ingest;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The metrics of ingest. {@code docs/reference/metrics.md} lists them, and a test compares it with this class. */
public final class IngestMetrics {
    /** The value of a label for everything that gets no value of its own. */
    public static final String OTHER = "other";

    private static final int MOST_EXPORTERS = 1_000;

    public final Counter flowsRead;
    public final Counter flowsPublished;
    public final Counter flowsLost;
    public final Counter readFailures;
    public final Counter linesRejected;
    public final Counter linesSkipped;
    public final Counter flowsTurned;
    public final Counter flowsMerged;
    public final Counter flowsDuplicate;
    public final Gauge spoolBytes;
    public final Gauge diskRoom;
    public final Counter spoolDamaged;
    public final Counter orientationEvicted;
    public final Counter reportersEvicted;
    public final Counter entriesEvicted;
    public final Counter publishRetries;
    public final Counter datagrams;
    public final Counter datagramsRejected;
    public final Counter datagramsDropped;
    public final Counter reconnects;
    public final Counter requestsRejected;
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
    public final Counter netflowSetsWaited;
    public final Counter netflowSetsLost;
    public final Counter netflowSessionsEvicted;
    public final Counter netflowTemplateConflicts;
    public final Counter netflowRecordsSkipped;
    public final Counter manifestErrors;
    public final Counter contextChanges;
    public final Counter contextDeleted;
    public final Counter contextRejected;
    public final Gauge kubernetesKindsMissing;
    public final Counter flowsAmbiguous;
    public final Counter flowsOfUnknownCluster;
    public final Gauge kubernetesLeads;
    public final Gauge contextObjects;
    public final Gauge orientationWaiting;

    private final Set<String> exporters = ConcurrentHashMap.newKeySet();

    public IngestMetrics(CollectorRegistry registry) {
        flowsRead = counter(registry, "weir_ingest_flows_read_total", "Flows read from a source.", "collector");
        flowsPublished =
                counter(registry, "weir_ingest_flows_published_total", "Flows that Kafka acknowledged.", "collector");
        flowsLost = counter(
                registry,
                "weir_ingest_flows_lost_total",
                "Flows read that are neither published nor in the spool (spool_full, disk_full, spool_failed, spool_expired,"
                        + " closing); duplicates and paired halves do not count.",
                "collector",
                "reason");
        readFailures = counter(
                registry,
                "weir_ingest_read_failures_total",
                "Failed attempts to read a file or topic; each is repeated.",
                "collector");
        linesRejected = counter(
                registry,
                "weir_ingest_lines_rejected_total",
                "Lines of logs that could not be read as flows.",
                "collector",
                "format");
        linesSkipped = counter(
                registry,
                "weir_ingest_lines_skipped_total",
                "Lines and records that are valid and describe no flow.",
                "collector",
                "format");
        flowsTurned = counter(
                registry,
                "weir_ingest_flows_turned_total",
                "Flows that were turned, because the record was of the answering direction, by the criterion that showed it: the record itself (record), TCP flags (flags), well-known ports (ports), one side sent nothing (sent), or which half began first (first_seen).",
                "by");
        flowsMerged = counter(
                registry,
                "weir_ingest_flows_merged_total",
                "Pairs of records, one of each direction of a connection, that were joined into one flow.");
        flowsDuplicate = counter(
                registry,
                "weir_ingest_flows_duplicate_total",
                "Flows left out because another reporter (reporter), or the same at another point (point), had reported the connection.",
                "by");
        diskRoom = Gauge.build(
                        "weir_ingest_disk_room_bytes",
                        "Bytes that the disk of the spool can take before no more than ingest.spool.keep_free is left; negative below that.")
                .register(registry);
        spoolBytes = Gauge.build("weir_ingest_spool_bytes", "Bytes of flows that wait on disk for Kafka.")
                .register(registry);
        spoolDamaged = counter(
                registry, "weir_ingest_spool_damaged_bytes_total", "Bytes of the spool that were torn or damaged.");
        orientationEvicted = counter(
                registry,
                "weir_ingest_orientation_evicted_total",
                "Records of one direction released early because too many waited for the other.");
        reportersEvicted = counter(
                registry,
                "weir_ingest_reporters_evicted_total",
                "Directions of connections whose reporter was evicted, so that duplicates of them may pass.");
        entriesEvicted = counter(
                registry,
                "weir_ingest_entries_evicted_total",
                "Entries of full tables that were evicted or refused, by table: template and sampler of one NetFlow or IPFIX session, agent (of sFlow), node_record (Antrea's records of one end), fragment (ports of first fragments in captures), flow (in captures, reported early), ended_connection (of conntrack), replay (messages kept to recognise repetitions), dns_name (names that clients asked for).",
                "table");
        publishRetries = counter(
                registry, "weir_ingest_publish_retries_total", "Batches sent again after Kafka failed.", "collector");
        datagrams = counter(registry, "weir_ingest_datagrams_total", "Datagrams received.", "version");
        datagramsRejected = counter(
                registry,
                "weir_ingest_datagrams_rejected_total",
                "Datagrams rejected as a whole: too short, of an unknown version, or with lengths and counts that do not fit; and IPFIX connections that failed.",
                "exporter");
        datagramsDropped = counter(
                registry,
                "weir_ingest_datagrams_dropped_total",
                "Datagrams lost before they were decoded: by the kernel, for want of room in the"
                        + " buffer of the socket (socket_buffer), or by Weir, whose queue was full (queue_full) or which"
                        + " has a defect (defect).",
                "reason",
                "exporter");
        reconnects = counter(
                registry, "weir_ingest_reconnects_total", "Connections to a source that were made again.", "collector");
        hubbleLost = counter(
                registry, "weir_ingest_hubble_lost_events_total", "Events that Hubble reports as lost.", "source");
        conntrackEvicted = counter(
                registry,
                "weir_ingest_conntrack_evicted_total",
                "Connections of conntrack evicted because too many were open; their counts are reported again.");
        conntrackOverruns = counter(
                registry,
                "weir_ingest_conntrack_overruns_total",
                "Overruns of the buffer of the kernel's conntrack events.");
        packets = counter(registry, "weir_ingest_packets_total", "IP packets read from captures.");
        packetsSkipped = counter(
                registry,
                "weir_ingest_packets_skipped_total",
                "Packets that belong to no flow: of another protocol than IP (not_ip), ICMP errors (icmp_error), or with a time that cannot be (impossible_time).",
                "reason");
        capturesDamaged = counter(
                registry,
                "weir_ingest_captures_damaged_total",
                "Captures that are cut off or damaged, or whose reading failed by a defect of Weir.");
        requestsRejected = counter(
                registry,
                "weir_ingest_requests_rejected_total",
                "Requests to POST /v1/flows rejected as a whole.",
                "status");
        requestsSlowed = counter(
                registry,
                "weir_ingest_requests_slowed_seconds_total",
                "Time that requests to POST /v1/flows waited, because many flows had not been judged.");
        connectionsClosed = counter(
                registry,
                "weir_ingest_http_connections_closed_total",
                "Connections of POST /v1/flows closed by the server: too many of one address (address), or a request not complete in time (slow).",
                "reason");
        netflowConnectionsClosed = counter(
                registry,
                "weir_ingest_netflow_connections_closed_total",
                "IPFIX connections closed by the collector: too many of their address (address) or of all (all), a message or handshake not complete in time (slow), silent (idle), unreadable (malformed).",
                "reason");
        netflowSequenceGaps = counter(
                registry,
                "weir_ingest_netflow_sequence_gap_total",
                "Datagrams (NetFlow v9, sFlow) or flows (NetFlow v5, IPFIX) lost before they reached Weir, by the gaps in the exporter's sequence numbers.",
                "version",
                "exporter");
        netflowSetsWaited = counter(
                registry,
                "weir_ingest_netflow_sets_waited_total",
                "NetFlow and IPFIX data sets that waited for their template.");
        netflowSetsLost = counter(
                registry,
                "weir_ingest_netflow_sets_lost_total",
                "NetFlow and IPFIX data sets dropped because their template did not come in time.");
        netflowSessionsEvicted = counter(
                registry,
                "weir_ingest_netflow_sessions_evicted_total",
                "Sessions whose templates made room for others, because their address (address) or all together (all) had too many.",
                "bound");
        netflowTemplateConflicts = counter(
                registry,
                "weir_ingest_netflow_template_conflicts_total",
                "Templates that contradict another one of the same exporter, observation domain and template id.",
                "exporter");
        netflowRecordsSkipped = counter(
                registry,
                "weir_ingest_netflow_records_skipped_total",
                "NetFlow, IPFIX and sFlow records that describe no flow: without addresses (no_addresses), with an address that is none (unspecified_address), or about an ICMP error (icmp_error).",
                "reason");
        manifestErrors =
                counter(registry, "weir_ingest_manifest_errors_total", "Manifest files that could not be read.");
        contextChanges = counter(registry, "weir_ingest_context_changes_total", "Context changes published.", "kind");
        contextDeleted = counter(
                registry,
                "weir_ingest_context_deleted_total",
                "Keys deleted from weir.context, because their object was deleted longer ago"
                        + " than ingest.history.");
        kubernetesKindsMissing = Gauge.build(
                        "weir_ingest_kubernetes_kinds_missing",
                        "Kinds of objects to be watched that the API server does not serve.")
                .register(registry);
        flowsAmbiguous = counter(
                registry,
                "weir_ingest_flows_ambiguous_total",
                "Flows without a cluster whose addresses are in several clusters; their endpoints get no names.");
        flowsOfUnknownCluster = counter(
                registry,
                "weir_ingest_flows_unknown_cluster_total",
                "Flows of a cluster of which weir.context holds no object, while it holds objects of others.");
        contextRejected =
                counter(registry, "weir_ingest_context_rejected_total", "Context changes that could not be read.");
        kubernetesLeads = Gauge.build(
                        "weir_ingest_kubernetes_leads",
                        "1 while this process watches the API server and publishes context changes; 0 if"
                                + " another replica does, or if it is not configured.")
                .register(registry);
        contextObjects = Gauge.build(
                        "weir_ingest_context_objects", "Objects of the cluster that ingest holds to name addresses.")
                .register(registry);
        orientationWaiting = Gauge.build(
                        "weir_ingest_orientation_waiting", "Records of one direction that wait for the other.")
                .register(registry);
    }

    /** Returns the label of an exporter: its address, or {@code other} for all beyond the first thousand. */
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
