package dev.weir.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The bounds of the pauses; within them a pause is random. */
class RetryPolicyTest {
    private final RetryPolicy policy = new RetryPolicy();

    @Test
    void pausesDoubleUpToFiveMinutes() {
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
            assertPause(policy.failed(null), Duration.ofSeconds(seconds));
        }
    }

    @Test
    void answerResetsThePauses() {
        for (int i = 0; i < 5; i++) {
            policy.failed(null);
        }
        assertThat(policy.isUnavailable()).isTrue();
        policy.answered();
        assertThat(policy.isUnavailable()).isFalse();
        assertPause(policy.failed(null), Duration.ofSeconds(1));
    }

    @Test
    void receiverIsUnavailableFromTheThirdFailure() {
        policy.failed(null);
        policy.failed(Duration.ofSeconds(30));
        assertThat(policy.isUnavailable()).isFalse();
        policy.failed(null);
        assertThat(policy.isUnavailable()).isTrue();
    }

    @Test
    void askedPauseIsKeptFromHalfASecond() {
        assertThat(policy.failed(Duration.ofHours(2))).isEqualTo(Duration.ofHours(2));
        assertThat(policy.failed(Duration.ofMillis(500))).isEqualTo(Duration.ofMillis(500));
        assertThat(policy.failed(Duration.ofMillis(499))).isEqualTo(Duration.ofMillis(500));
        assertThat(policy.failed(Duration.ZERO)).isEqualTo(Duration.ofMillis(500));
        assertPause(policy.failed(null), Duration.ofSeconds(16));
    }

    @Test
    void laterNotificationsPassAfterThreeAttempts() {
        for (int attempts = 0; attempts < 3; attempts++) {
            assertThat(RetryPolicy.behind(attempts)).isEqualTo(Duration.ZERO);
        }
        assertPause(RetryPolicy.behind(3), Duration.ofSeconds(1));
        assertPause(RetryPolicy.behind(6), Duration.ofSeconds(8));
        assertPause(RetryPolicy.behind(Integer.MAX_VALUE), Duration.ofMinutes(5));
    }

    @Test
    void pausesForRecipientsDoubleUpToAnHour() {
        assertThat(RetryPolicy.firstForRecipients()).isEqualTo(Duration.ofMinutes(1));
        assertPause(RetryPolicy.forRecipients(0), Duration.ofMinutes(1));
        assertPause(RetryPolicy.forRecipients(5), Duration.ofMinutes(32));
        assertPause(RetryPolicy.forRecipients(6), Duration.ofHours(1));
        assertPause(RetryPolicy.forRecipients(1_000), Duration.ofHours(1));
        assertThat(RetryPolicy.longestForRecipients()).isEqualTo(Duration.ofDays(5));
    }

    /** A pause is at most the whole, and more than the half of it. */
    private static void assertPause(Duration pause, Duration whole) {
        assertThat(pause).isGreaterThan(whole.dividedBy(2)).isLessThanOrEqualTo(whole);
    }
}
