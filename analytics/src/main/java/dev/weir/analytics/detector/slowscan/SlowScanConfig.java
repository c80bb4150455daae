package dev.weir.analytics.detector.slowscan;

import java.io.Serializable;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code slow-scan}. The first four are those of the paper, with its values.
 *
 * @param benignSuccess how likely the first contact of somebody with no ill intent succeeds
 * @param scannerSuccess how likely that of a scanner does
 * @param falseAlarms how likely a source with no ill intent may be reported
 * @param detection how likely a scanner must be reported
 * @param patience after which a contact that nobody answered has failed
 * @param ignoredPorts of UDP, whose services often send without an answer
 */
public record SlowScanConfig(
        Double benignSuccess,
        Double scannerSuccess,
        Double falseAlarms,
        Double detection,
        Duration patience,
        Set<Integer> ignoredPorts)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public SlowScanConfig(
            @Nullable Double benignSuccess,
            @Nullable Double scannerSuccess,
            @Nullable Double falseAlarms,
            @Nullable Double detection,
            @Nullable Duration patience,
            @Nullable Set<Integer> ignoredPorts) {
        this.benignSuccess = benignSuccess == null ? 0.8 : benignSuccess;
        this.scannerSuccess = scannerSuccess == null ? 0.2 : scannerSuccess;
        this.falseAlarms = falseAlarms == null ? 0.01 : falseAlarms;
        this.detection = detection == null ? 0.99 : detection;
        this.patience = patience == null ? Duration.ofMinutes(10) : patience;
        this.ignoredPorts = ignoredPorts == null
                ? Set.of(
                        53, 67, 68, 69, 123, 137, 138, 161, 162, 443, 514, 1900, 3478, 4789, 5353, 5355, 6081, 8125,
                        8472)
                : Set.copyOf(ignoredPorts);
    }
}
