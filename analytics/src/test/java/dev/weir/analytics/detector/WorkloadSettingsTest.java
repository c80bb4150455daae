package dev.weir.analytics.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Samples;
import dev.weir.analytics.detector.flood.Flood;
import dev.weir.analytics.detector.portscan.PortScan;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigLoader;
import dev.weir.model.Activity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadSettingsTest {
    @TempDir
    private Path folder;

    @Test
    void firstEntryThatMatchesAWorkloadApplies() throws IOException {
        Detector<?> scan = portScan("""
                settings:
                  - workloads: [ops/scanner]
                    off: [port-scan]
                  - workloads: ["ops/*", shop/web]
                    detectors: {port_scan: {ports: 40, slow_ports: 40}}
                  - workloads: [shop/web]
                    detectors: {port_scan: {ports: 2}}
                """);
        assertThat(findings(scan, 20, "shop/api")).hasSize(1);
        assertThat(findings(scan, 20, null)).hasSize(1);
        assertThat(findings(scan, 20, "shop/web")).isEmpty();
        assertThat(findings(scan, 45, "shop/web")).hasSize(1);
        assertThat(findings(scan, 45, "ops/nmap")).hasSize(1);
        assertThat(findings(scan, 45, "ops/scanner")).isEmpty();
        assertThat(scan.id()).isEqualTo("port-scan");
    }

    @Test
    void settingsThatAreNotGivenKeepTheirValues() {
        DetectorsConfig changed =
                ConfigLoader.changed("x", DetectorsConfig.defaults(), Map.of("port_scan", Map.of("window", "1h")));
        assertThat(changed.of(PortScan.TYPE).window()).hasHours(1);
        assertThat(changed.of(PortScan.TYPE).ports())
                .isEqualTo(DetectorsConfig.defaults().of(PortScan.TYPE).ports());
        assertThat(changed.of(Flood.TYPE)).isEqualTo(DetectorsConfig.defaults().of(Flood.TYPE));
    }

    @Test
    void mistakesAreNamed() {
        assertMistake("settings: [{detectors: {}}]", "settings[0].workloads: is missing");
        assertMistake("settings: [{workloads: [web]}]", "'web' is not namespace/name");
        assertMistake("settings: [{workloads: [a/b], off: [port-scam]}]", "'port-scam' is no detector");
        assertMistake(
                "settings: [{workloads: [a/b], detectors: {port_scan: {portz: 3}}}]",
                "settings[0].detectors.port_scan.portz: there is no such setting; the closest valid one is 'ports'");
        assertMistake(
                "settings: [{workloads: [a/b], detectors: {port_scan: {ports: many}}}]",
                "settings[0].detectors.port_scan.ports: 'many' is not a whole number");
    }

    private void assertMistake(String yaml, String message) {
        assertThatThrownBy(() -> portScan(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    private Detector<?> portScan(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("workloads.yaml"), yaml);
        DetectorsConfig config = ConfigLoader.changed(
                "x", DetectorsConfig.defaults(), Map.of("workloads", Map.of("file", file.toString())));
        return Detectors.all(config).stream()
                .filter(each -> each.id().equals("port-scan"))
                .findFirst()
                .orElseThrow();
    }

    private static List<Finding> findings(Detector<?> scan, int ports, String who) {
        List<Activity> tried = new ArrayList<>();
        for (int port = 1; port <= ports; port++) {
            tried.add(Samples.activity(0, "web", Samples.DB, port, false));
        }
        return scan.step(null, new Slice(0, tried, Decisions.none(), who)).findings();
    }
}
