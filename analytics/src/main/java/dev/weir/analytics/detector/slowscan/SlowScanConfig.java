package dev.weir.analytics.detector.slowscan;

import java.io.Serializable;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code slow-scan}. The first four are those of the paper, with its values.
 *
 * @param benignSuccess the probability that a first contact of a benign source succeeds
 * @param scannerSuccess the probability that one of a scanner does
 * @param falseAlarms the probability with which a benign source may be reported
 * @param detection the probability with which a scanner must be reported
 * @param patience the time after which an unanswered contact has failed
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
