package dev.weir.analytics.detector;

import dev.weir.analytics.detector.beaconing.BeaconingConfig;
import dev.weir.analytics.detector.bruteforce.BruteForceConfig;
import dev.weir.analytics.detector.c2channel.C2ChannelConfig;
import dev.weir.analytics.detector.cleartext.CleartextConfig;
import dev.weir.analytics.detector.deniedburst.DeniedBurstConfig;
import dev.weir.analytics.detector.dga.DgaConfig;
import dev.weir.analytics.detector.dnstunnel.DnsTunnelConfig;
import dev.weir.analytics.detector.exfiltration.ExfiltrationConfig;
import dev.weir.analytics.detector.flood.FloodConfig;
import dev.weir.analytics.detector.hostsweep.HostSweepConfig;
import dev.weir.analytics.detector.httprecon.HttpReconConfig;
import dev.weir.analytics.detector.metadataaccess.MetadataAccessConfig;
import dev.weir.analytics.detector.portscan.PortScanConfig;
import dev.weir.analytics.detector.remoteservices.RemoteServicesConfig;
import dev.weir.analytics.detector.segment.SegmentConfig;
import dev.weir.analytics.detector.silence.SilenceConfig;
import dev.weir.analytics.detector.slowscan.SlowScanConfig;
import dev.weir.analytics.detector.threatlist.ThreatListConfig;
import dev.weir.analytics.detector.volumeanomaly.VolumeAnomalyConfig;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Settings of all detectors, with one record for each. */
public record DetectorsConfig(
        NoveltyConfig newEdge,
        NoveltyConfig newExternal,
        NoveltyConfig newListeningPort,
        PortScanConfig portScan,
        HostSweepConfig hostSweep,
        SlowScanConfig slowScan,
        HttpReconConfig httpRecon,
        BruteForceConfig bruteForce,
        FloodConfig flood,
        BeaconingConfig beaconing,
        C2ChannelConfig c2Channel,
        RemoteServicesConfig remoteServices,
        DnsTunnelConfig dnsTunnel,
        DgaConfig dga,
        ExfiltrationConfig exfiltration,
        DeniedBurstConfig deniedBurst,
        MetadataAccessConfig metadataAccess,
        CleartextConfig cleartext,
        VolumeAnomalyConfig volumeAnomaly,
        SilenceConfig silence,
        ThreatListConfig threatList,
        SegmentConfig segment,
        WorkloadsConfig workloads)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public DetectorsConfig(
            @Nullable NoveltyConfig newEdge,
            @Nullable NoveltyConfig newExternal,
            @Nullable NoveltyConfig newListeningPort,
            @Nullable PortScanConfig portScan,
            @Nullable HostSweepConfig hostSweep,
            @Nullable SlowScanConfig slowScan,
            @Nullable HttpReconConfig httpRecon,
            @Nullable BruteForceConfig bruteForce,
            @Nullable FloodConfig flood,
            @Nullable BeaconingConfig beaconing,
            @Nullable C2ChannelConfig c2Channel,
            @Nullable RemoteServicesConfig remoteServices,
            @Nullable DnsTunnelConfig dnsTunnel,
            @Nullable DgaConfig dga,
            @Nullable ExfiltrationConfig exfiltration,
            @Nullable DeniedBurstConfig deniedBurst,
            @Nullable MetadataAccessConfig metadataAccess,
            @Nullable CleartextConfig cleartext,
            @Nullable VolumeAnomalyConfig volumeAnomaly,
            @Nullable SilenceConfig silence,
            @Nullable ThreatListConfig threatList,
            @Nullable SegmentConfig segment,
            @Nullable WorkloadsConfig workloads) {
        this.newEdge = newEdge == null ? NoveltyConfig.defaults() : newEdge;
        this.newExternal = newExternal == null ? NoveltyConfig.defaults() : newExternal;
        this.newListeningPort = newListeningPort == null ? NoveltyConfig.defaults() : newListeningPort;
        this.portScan = portScan == null ? new PortScanConfig(null, null) : portScan;
        this.hostSweep = hostSweep == null ? new HostSweepConfig(null, null) : hostSweep;
        this.slowScan = slowScan == null ? new SlowScanConfig(null, null, null, null, null, null) : slowScan;
        this.httpRecon =
                httpRecon == null ? new HttpReconConfig(null, null, null, null, null, null, null, null) : httpRecon;
        this.bruteForce = bruteForce == null ? new BruteForceConfig(null, null, null, null) : bruteForce;
        this.flood = flood == null ? new FloodConfig(null, null, null, null, null) : flood;
        this.beaconing = beaconing == null ? new BeaconingConfig(null, null, null, null, null, null, null) : beaconing;
        this.c2Channel = c2Channel == null ? new C2ChannelConfig(null, null, null, null, null, null, null) : c2Channel;
        this.remoteServices = remoteServices == null ? new RemoteServicesConfig(null, null, null) : remoteServices;
        this.dnsTunnel = dnsTunnel == null ? new DnsTunnelConfig(null, null, null, null, null, null, null) : dnsTunnel;
        this.dga = dga == null ? new DgaConfig(null, null) : dga;
        this.exfiltration =
                exfiltration == null ? new ExfiltrationConfig(null, null, null, null, null, null) : exfiltration;
        this.deniedBurst = deniedBurst == null ? new DeniedBurstConfig(null, null, null) : deniedBurst;
        this.metadataAccess =
                metadataAccess == null ? new MetadataAccessConfig(null, null, null, null) : metadataAccess;
        this.cleartext = cleartext == null ? new CleartextConfig(null, null) : cleartext;
        this.volumeAnomaly = volumeAnomaly == null ? new VolumeAnomalyConfig(null, null, null) : volumeAnomaly;
        this.silence = silence == null ? new SilenceConfig(null, null, null, null) : silence;
        this.threatList = threatList == null ? new ThreatListConfig(null) : threatList;
        this.segment = segment == null ? new SegmentConfig(null) : segment;
        this.workloads = workloads == null ? new WorkloadsConfig(null) : workloads;
    }

    /** The default settings. */
    public static DetectorsConfig defaults() {
        return new DetectorsConfig(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, null);
    }

    /** A copy with another least time of learning. */
    public DetectorsConfig learning(Duration learn) {
        return new DetectorsConfig(
                newEdge.learning(learn),
                newExternal.learning(learn),
                newListeningPort.learning(learn),
                portScan,
                hostSweep,
                slowScan,
                httpRecon,
                bruteForce,
                flood,
                beaconing,
                c2Channel,
                remoteServices,
                dnsTunnel,
                dga,
                exfiltration,
                deniedBurst,
                metadataAccess,
                cleartext,
                volumeAnomaly,
                silence,
                threatList,
                segment,
                workloads);
    }
}
