package dev.weir.alerting.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeIntervalTest {
    private static final List<RoutesConfig.Times> ALL_DAY = List.of();

    private static TimeInterval interval(
            List<RoutesConfig.Times> times, String weekdays, String days, String months, @Nullable String location) {
        return new TimeInterval(new RoutesConfig.Interval(times, list(weekdays), list(days), list(months), location));
    }

    private static List<String> list(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    private static boolean has(TimeInterval interval, String time) {
        return interval.has(Instant.parse(time).toEpochMilli());
    }

    @Test
    void intervalWithoutLimitsHasEveryTime() {
        assertThat(has(interval(ALL_DAY, "", "", "", null), "2026-02-28T23:59:59Z"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"08:59:59, false", "09:00:00, true", "16:59:59, true", "17:00:00, false"})
    void startBelongsToTimesAndEndDoesNot(String time, boolean expected) {
        TimeInterval office = interval(List.of(new RoutesConfig.Times("09:00", "17:00")), "", "", "", null);
        assertThat(has(office, "2026-03-02T" + time + "Z")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"2026-03-06, true", "2026-03-07, false", "2026-03-08, true", "2026-03-09, true"})
    void weekdaysAreNamesAndInclusiveRanges(String day, boolean expected) {
        TimeInterval days = interval(ALL_DAY, "monday:friday sunday", "", "", null);
        assertThat(has(days, day + "T12:00:00Z")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-02-28, true",
        "2026-02-27, false",
        "2028-02-28, false",
        "2028-02-29, true",
        "2026-03-31, true",
        "2026-03-01, true"
    })
    void negativeDaysCountFromEndOfMonth(String day, boolean expected) {
        TimeInterval ends = interval(ALL_DAY, "", "1 -1", "", null);
        assertThat(has(ends, day + "T12:00:00Z")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"2026-05-31, false", "2026-06-01, true", "2026-08-31, true", "2026-12-24, true", "2026-11-30, false"})
    void monthsAreNamesOrNumbers(String day, boolean expected) {
        TimeInterval months = interval(ALL_DAY, "", "", "june:8 12", null);
        assertThat(has(months, day + "T12:00:00Z")).isEqualTo(expected);
    }

    @Test
    void timesAreThoseOfLocation() {
        List<RoutesConfig.Times> night = List.of(new RoutesConfig.Times("00:00", "06:00"));
        assertThat(has(interval(night, "", "", "", "Asia/Tokyo"), "2026-03-02T16:00:00Z"))
                .isTrue();
        assertThat(has(interval(night, "", "", "", null), "2026-03-02T16:00:00Z"))
                .isFalse();
    }

    @Test
    void mistakesNameKeyAndValue() {
        assertThatThrownBy(() -> interval(List.of(new RoutesConfig.Times("22:00", "06:00")), "", "", "", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("22:00", "06:00");
        assertThatThrownBy(() -> interval(List.of(new RoutesConfig.Times("9", "10:00")), "", "", "", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("start_time '9'");
        assertThatThrownBy(() -> interval(ALL_DAY, "noday", "", "", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("weekdays", "noday");
        assertThatThrownBy(() -> interval(ALL_DAY, "", "32", "", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("days_of_month", "32");
        assertThatThrownBy(() -> interval(ALL_DAY, "", "", "13", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("months", "13");
        assertThatThrownBy(() -> interval(ALL_DAY, "", "", "", "Nowhere/City"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Nowhere/City");
    }
}
