package dev.weir.analytics.detector;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.detector.beaconing.Beaconing;
import dev.weir.analytics.detector.bruteforce.BruteForce;
import dev.weir.analytics.detector.flood.Flood;
import dev.weir.analytics.detector.hostsweep.HostSweep;
import dev.weir.analytics.detector.newedge.NewEdge;
import dev.weir.analytics.detector.portscan.PortScan;
import dev.weir.analytics.detector.remoteservices.RemoteServices;
import java.util.List;

/** The registry: one line for each detector. */
public final class Detectors {
    private Detectors() {}

    public static List<Detector<?>> all(AnalyticsConfig config) {
        return List.of(
                new NewEdge(config.newEdge()),
                new PortScan(config.portScan()),
                new HostSweep(config.hostSweep()),
                new BruteForce(config.bruteForce()),
                new Flood(config.flood()),
                new Beaconing(config.beaconing()),
                new RemoteServices(config.remoteServices()));
    }
}
