package dev.weir.analytics.detector;

import dev.weir.analytics.detector.beaconing.Beaconing;
import dev.weir.analytics.detector.bruteforce.BruteForce;
import dev.weir.analytics.detector.c2channel.C2Channel;
import dev.weir.analytics.detector.cleartext.Cleartext;
import dev.weir.analytics.detector.deniedburst.DeniedBurst;
import dev.weir.analytics.detector.dga.Dga;
import dev.weir.analytics.detector.dnstunnel.DnsTunnel;
import dev.weir.analytics.detector.exfiltration.Exfiltration;
import dev.weir.analytics.detector.flood.Flood;
import dev.weir.analytics.detector.flood.Flooded;
import dev.weir.analytics.detector.hostsweep.HostSweep;
import dev.weir.analytics.detector.httprecon.HttpRecon;
import dev.weir.analytics.detector.metadataaccess.MetadataAccess;
import dev.weir.analytics.detector.newedge.NewEdge;
import dev.weir.analytics.detector.newexternal.NewExternal;
import dev.weir.analytics.detector.newlisteningport.NewListeningPort;
import dev.weir.analytics.detector.portscan.PortScan;
import dev.weir.analytics.detector.remoteservices.RemoteServices;
import dev.weir.analytics.detector.segment.Segment;
import dev.weir.analytics.detector.silence.Silence;
import dev.weir.analytics.detector.slowscan.SlowScan;
import dev.weir.analytics.detector.threatlist.ThreatFiles;
import dev.weir.analytics.detector.threatlist.ThreatList;
import dev.weir.analytics.detector.volumeanomaly.VolumeAnomaly;
import java.util.List;

/** The registry of detectors, with one line for each. */
public final class Detectors {
    private Detectors() {}

    /**
     * All detectors, each with the settings that single workloads have of their own.
     *
     * @throws dev.weir.common.config.ConfigException when a file with settings cannot be used
     */
    public static List<Detector<?>> all(DetectorsConfig config) {
        String file = config.workloads().file();
        return file == null ? plain(config) : WorkloadSettings.apply(file, config, Detectors::plain);
    }

    static List<Detector<?>> plain(DetectorsConfig config) {
        ThreatFiles threats = new ThreatFiles(config.threatList());
        return List.of(
                new NewEdge(config.newEdge(), threats),
                new NewExternal(config.newExternal(), threats),
                new NewListeningPort(config.newListeningPort()),
                new PortScan(config.portScan()),
                new HostSweep(config.hostSweep()),
                new SlowScan(config.slowScan()),
                new HttpRecon(config.httpRecon()),
                new BruteForce(config.bruteForce()),
                new Flood(config.flood()),
                new Flooded(config.flood()),
                new Beaconing(config.beaconing()),
                new C2Channel(config.c2Channel()),
                new RemoteServices(config.remoteServices()),
                new DnsTunnel(config.dnsTunnel()),
                new Dga(config.dga()),
                new Exfiltration(config.exfiltration()),
                new DeniedBurst(config.deniedBurst()),
                new MetadataAccess(config.metadataAccess()),
                new Cleartext(config.cleartext()),
                VolumeAnomaly.ofEdges(config.volumeAnomaly()),
                VolumeAnomaly.ofWorkloads(config.volumeAnomaly()),
                new Silence(config.silence()),
                new ThreatList(threats),
                new Segment(config.segment()));
    }
}
