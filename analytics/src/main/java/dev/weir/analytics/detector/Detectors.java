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
import dev.weir.model.Severity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The registry of detectors, with one line for each type. */
public final class Detectors {
    public static final List<DetectorType<?>> TYPES = List.of(
            NewEdge.TYPE,
            NewExternal.TYPE,
            NewListeningPort.TYPE,
            PortScan.TYPE,
            HostSweep.TYPE,
            SlowScan.TYPE,
            HttpRecon.TYPE,
            BruteForce.TYPE,
            Flood.TYPE,
            Beaconing.TYPE,
            C2Channel.TYPE,
            RemoteServices.TYPE,
            DnsTunnel.TYPE,
            Dga.TYPE,
            Exfiltration.TYPE,
            DeniedBurst.TYPE,
            MetadataAccess.TYPE,
            Cleartext.TYPE,
            VolumeAnomaly.TYPE,
            Silence.TYPE,
            ThreatList.TYPE,
            Segment.TYPE);

    private static final Map<String, Weighing> WEIGHINGS = TYPES.stream()
            .map(DetectorType::info)
            .collect(Collectors.toUnmodifiableMap(DetectorInfo::id, DetectorInfo::weighing));

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
        ThreatFiles threats = new ThreatFiles(config.of(ThreatList.TYPE));
        return TYPES.stream()
                .flatMap(type -> type.create(config, threats).stream())
                .toList();
    }

    /** The severity of a certain finding of a detector. */
    public static Severity impact(String id) {
        return TYPES.stream()
                .map(DetectorType::info)
                .filter(info -> info.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no detector " + id))
                .impact();
    }

    /** The weighing of a detector's findings; none for an id that is not in the registry. */
    public static Weighing weighing(String id) {
        return WEIGHINGS.getOrDefault(id, Weighing.NONE);
    }

    /** The detectors whose alerts can have a part in a chain of incidents. */
    public static Set<String> withRole(LateralRole role) {
        return TYPES.stream()
                .map(DetectorType::info)
                .filter(info -> info.roles().contains(role))
                .map(DetectorInfo::id)
                .collect(Collectors.toSet());
    }
}
