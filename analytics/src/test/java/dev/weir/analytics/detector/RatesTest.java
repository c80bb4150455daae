package dev.weir.analytics.detector;

import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatesTest {
    private static final long WINDOW = 60_000;
    private static final long SLICE = 10_000;

    @Test
    void rateReportedForADayIsUsual() {
        Rates rates = Rates.nothing();
        long reports = 0;
        long lastMs = 0;
        for (long at = 0; at < 72 * HOUR; at += SLICE) {
            rates = rates.at(at + SLICE, WINDOW);
            Rates.Edge edge = rates.add("log store", at, 20);
            if (edge.count() >= edge.threshold(30, 4)) {
                rates.report("log store", at + SLICE);
                reports++;
                lastMs = at;
            }
        }
        assertThat(reports).isPositive();
        assertThat(lastMs)
                .as("reported for a day and the half hour that enters the usual rate")
                .isBetween(23 * HOUR, 25 * HOUR);

        rates = rates.at(72 * HOUR + SLICE, WINDOW);
        Rates.Edge more = rates.add("log store", 72 * HOUR, 1_000);
        assertThat(more.count()).as("more of it is reported").isGreaterThan((long) more.threshold(30, 4));
    }

    @Test
    void stoppedRateIsNotUsual() {
        Rates rates = Rates.nothing();
        for (long at = 0; at < 6 * HOUR; at += SLICE) {
            rates = rates.at(at + SLICE, WINDOW);
            rates.add("db", at, 50);
            rates.report("db", at + SLICE);
        }
        rates = rates.at(30 * HOUR, WINDOW);
        assertThat(rates.add("db", 30 * HOUR, 50).usual()).isZero();
    }

    @Test
    void entryOfMostWorthKeepsItsPlace() {
        Map<String, Long> map = new HashMap<>(Map.of("large", 1_000L));
        for (int i = 0; i < 5_000; i++) {
            String key = "small-" + i;
            Eviction.makeRoom(map, key, 100, each -> each);
            map.put(key, (long) (i % 7));
            assertThat(map).hasSizeLessThanOrEqualTo(100);
        }
        assertThat(map).containsKey("large").hasSizeGreaterThan(80);
    }
}
