package dev.weir.analytics.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.detector.beaconing.Beaconing;
import dev.weir.analytics.detector.exfiltration.Exfiltration;
import dev.weir.analytics.detector.newedge.NewEdge;
import dev.weir.analytics.detector.newexternal.NewExternal;
import dev.weir.analytics.detector.newlisteningport.NewListeningPort;
import dev.weir.analytics.detector.portscan.PortScan;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigLoader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectorRegistryTest {
    /** A process whose configuration has the job's settings as a section. */
    record Process(AnalyticsConfig analytics) {}

    @TempDir
    Path folder;

    @Test
    void packageIsTheIdWithoutHyphens() {
        for (Detector<?> detector : Detectors.all(DetectorsConfig.defaults())) {
            assertThat(detector.getClass().getPackageName())
                    .isEqualTo("dev.weir.analytics.detector." + detector.id().replace("-", ""));
        }
    }

    @Test
    void rolesAreThoseThatDetectorsDeclare() {
        assertThat(Detectors.withRole(LateralRole.ENTERING))
                .containsExactlyInAnyOrder("new-edge", "brute-force", "remote-services", "metadata-access", "segment");
        assertThat(Detectors.withRole(LateralRole.MOVING))
                .containsExactlyInAnyOrder(
                        "new-edge",
                        "new-external",
                        "remote-services",
                        "brute-force",
                        "port-scan",
                        "host-sweep",
                        "slow-scan",
                        "metadata-access",
                        "exfiltration",
                        "c2-channel",
                        "beaconing");
    }

    @Test
    void weighingsAreThoseThatDetectorsDeclare() {
        Map<String, Weighing> weighed = new HashMap<>();
        for (DetectorType<?> type : Detectors.TYPES) {
            if (Detectors.weighing(type.id()) != Weighing.NONE) {
                weighed.put(type.id(), Detectors.weighing(type.id()));
            }
        }
        assertThat(weighed)
                .isEqualTo(Map.of(
                        "new-edge", Weighing.NEW_EDGE,
                        "new-external", Weighing.NEW_PEER,
                        "new-listening-port", Weighing.NEW_PORT,
                        "beaconing", Weighing.PEER,
                        "c2-channel", Weighing.PEER_OUTSIDE,
                        "exfiltration", Weighing.PEER_OUTSIDE));
        assertThat(Detectors.weighing("policy-denied")).isEqualTo(Weighing.NONE);
    }

    @Test
    void onlySomeLearnForLessInShortRecordings() {
        Duration day = Duration.ofDays(1);
        Duration hour = Duration.ofHours(1);
        DetectorsConfig all = DetectorsConfig.defaults().learning(day);
        DetectorsConfig shorter = all.learningAtMost(hour);
        assertThat(shorter.of(NewEdge.TYPE).learn()).isEqualTo(hour);
        assertThat(shorter.of(Exfiltration.TYPE).learn()).isEqualTo(hour);
        assertThat(shorter.of(Beaconing.TYPE).learn()).isEqualTo(hour);
        assertThat(shorter.of(NewExternal.TYPE).learn()).isEqualTo(day);
        assertThat(shorter.of(NewListeningPort.TYPE).learn()).isEqualTo(day);
        assertThat(shorter.learningAtMost(day)).isEqualTo(shorter);
    }

    @Test
    void sectionsComeFromFileAndEnvironment() throws Exception {
        Process process = load(
                "analytics: {detectors: {port_scan: {ports: 4}}}",
                Map.of("WEIR_ANALYTICS_DETECTORS_PORT_SCAN_WINDOW", "9m"));
        DetectorsConfig detectors = process.analytics().detectors();
        assertThat(detectors.of(PortScan.TYPE).ports()).isEqualTo(4);
        assertThat(detectors.of(PortScan.TYPE).window()).isEqualTo(Duration.ofMinutes(9));
        assertThat(load("analytics: {detectors: {}}", Map.of()).analytics().detectors())
                .isEqualTo(DetectorsConfig.defaults());
    }

    @Test
    void mistakesInSectionsNameLineAndKey() {
        assertThatThrownBy(() -> load("analytics:\n  detectors:\n    port_scam: {ports: 4}\n", Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("weir.yaml:3: unknown key 'analytics.detectors.port_scam'")
                .hasMessageContaining("'analytics.detectors.port_scan'");
        assertThatThrownBy(() -> load("analytics:\n  detectors:\n    port_scan: {ports: many}\n", Map.of()))
                .hasMessageContaining("weir.yaml:3: analytics.detectors.port_scan.ports: 'many' is not a whole number");
        assertThatThrownBy(() -> load("analytics: {detectors: [1]}", Map.of()))
                .hasMessageContaining("analytics.detectors: a list is not a section of keys and values");
        assertThatThrownBy(() -> load("", Map.of("WEIR_ANALYTICS_DETECTORS_PORT_SCAN_PORT", "4")))
                .hasMessageContaining("the closest valid one is 'WEIR_ANALYTICS_DETECTORS_PORT_SCAN_PORTS'");
    }

    @Test
    void settingsReachTheTasksOfTheJob() throws Exception {
        DetectorsConfig changed =
                ConfigLoader.changed("x", DetectorsConfig.defaults(), Map.of("port_scan", Map.of("ports", 4)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(changed);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(changed).isNotEqualTo(DetectorsConfig.defaults());
        }
    }

    private Process load(String text, Map<String, String> environment) throws Exception {
        return ConfigLoader.load(Files.writeString(folder.resolve("weir.yaml"), text), Process.class, environment);
    }
}
