package dev.weir.standalone;

import dev.weir.model.Alert;
import java.util.List;

/** A range of confidences, in which the share of right alerts is to be that of the confidence. */
public enum ConfidenceRange {
    LOW("below 0.5", 0, 0.5),
    MIDDLE("0.5 to 0.7", 0.5, 0.7),
    HIGH("0.7 to 0.85", 0.7, 0.85),
    HIGHEST("0.85 and more", 0.85, 2);

    private final String text;
    private final double from;
    private final double below;

    ConfidenceRange(String text, double from, double below) {
        this.text = text;
        this.from = from;
        this.below = below;
    }

    /** The alerts in this range. */
    public List<Alert> of(List<Alert> alerts) {
        return alerts.stream()
                .filter(alert -> alert.confidence() >= from && alert.confidence() < below)
                .toList();
    }

    /** The row of a reliability table, in Markdown. */
    public String row(long right, long wrong) {
        return "| %s | %d | %d |".formatted(text, right, wrong);
    }
}
