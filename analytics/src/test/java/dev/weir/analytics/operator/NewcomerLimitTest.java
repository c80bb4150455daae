package dev.weir.analytics.operator;

import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NewcomerLimitTest {
    private final NewcomerLimit limit = new NewcomerLimit();

    private int admitted(long atMs, int tries, boolean isAddress, boolean isUnanswered) {
        int admitted = 0;
        for (int i = 0; i < tries; i++) {
            if (limit.hasRoom(atMs, isAddress, isUnanswered)) {
                limit.count(isAddress, isUnanswered);
                admitted++;
            }
        }
        return admitted;
    }

    @Test
    void addressesAndNamesHaveLimitsOfTheirOwn() {
        assertThat(admitted(0, 150_000, true, false)).isEqualTo(NewcomerLimit.MAX_ADDRESSES);
        assertThat(admitted(0, 150_000, false, false)).isEqualTo(NewcomerLimit.MAX_NAMES);
    }

    @Test
    void unansweredEdgesAreLimitedBelowAddresses() {
        assertThat(admitted(0, 150_000, true, true)).isEqualTo(NewcomerLimit.MAX_UNANSWERED);
        assertThat(limit.hasRoom(0, true, false)).isTrue();
    }

    @Test
    void nextHourHasRoomAgain() {
        admitted(0, NewcomerLimit.MAX_NAMES, false, false);
        assertThat(limit.hasRoom(HOUR - 1, false, false)).isFalse();
        assertThat(limit.hasRoom(HOUR, false, false)).isTrue();
    }
}
