package dev.weir.ingest;

import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.collector.conntrack.ConntrackCollector;
import dev.weir.ingest.collector.goldmane.GoldmaneCollector;
import dev.weir.ingest.collector.hubble.HubbleCollector;
import dev.weir.ingest.collector.kubernetes.KubernetesCollector;
import dev.weir.ingest.collector.logs.LogsCollectors;
import dev.weir.ingest.collector.manifests.ManifestsCollector;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.ingest.collector.pcap.PcapCollector;
import java.util.List;

/** The registry of collectors, with one line for each kind, in the order in which they start. */
public final class CollectorTypes {
    public static final List<CollectorType<?>> ALL = List.of(
            ManifestsCollector.TYPE,
            KubernetesCollector.TYPE,
            NetflowCollector.TYPE,
            HubbleCollector.TYPE,
            GoldmaneCollector.TYPE,
            ConntrackCollector.TYPE,
            PcapCollector.TYPE,
            LogsCollectors.TYPE);

    private CollectorTypes() {}
}
