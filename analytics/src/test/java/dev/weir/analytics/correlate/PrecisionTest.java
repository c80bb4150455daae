package dev.weir.analytics.correlate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Feedback;
import dev.weir.model.Feedback.Action;
import org.junit.jupiter.api.Test;

class PrecisionTest {
    private final Precision precision = new Precision();

    private static Feedback decision(String id, Action action) {
        return new Feedback(id, action, null, null, null, "port-scan", "alert" + id, null, 0, "ann", "looked");
    }

    @Test
    void precisionIsTheShareOfAlertsNotExpected() {
        assertThat(precision.of("port-scan")).isNaN();
        assertThat(precision.replace(null, decision("1", Action.NOT_EXPECTED))).isEqualTo("port-scan");
        assertThat(precision.replace(null, decision("2", Action.NOT_EXPECTED)))
                .as("known already")
                .isNull();
        precision.replace(null, decision("3", Action.EXPECTED));
        precision.replace(null, decision("4", Action.EXPECTED));
        assertThat(precision.of("port-scan")).isEqualTo(0.5);
    }

    @Test
    void changedDecisionIsCountedOnce() {
        Feedback first = decision("1", Action.EXPECTED);
        Feedback second = decision("1", Action.NOT_EXPECTED);
        precision.replace(null, first);
        precision.replace(first, second);
        assertThat(precision.of("port-scan")).isEqualTo(1);
        precision.replace(second, null);
        assertThat(precision.notExpected("port-scan")).isZero();
        assertThat(precision.of("port-scan")).isNaN();
    }

    @Test
    void decisionsOnWorkloadsAreNoJudgement() {
        precision.replace(null, new Feedback("1", Action.LOCK, null, "shop", "web", null, null, null, 0, "ann", ""));
        precision.replace(null, decision("2", Action.SUPPRESS));
        assertThat(precision.of("port-scan")).isNaN();
    }
}
