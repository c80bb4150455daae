package dev.weir.analytics.detector.volumeanomaly;

import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

class SeriesTest {
    private static final long STEP = Series.STEP_MS;

    private final Random random = new Random(7);

    /** The anomalies of values that follow a repeated daily shape. */
    private static List<Series.Kind> anomalies(long until, LongToDoubleFunction shape) {
        Series series = Series.empty();
        List<Series.Kind> kinds = new ArrayList<>();
        for (long ms = 0; ms < until; ms += STEP) {
            Series.Next next = series.plus(ms, shape.applyAsDouble(ms));
            series = next.series();
            if (next.anomaly() != null && ms > 2 * DAY) {
                kinds.add(next.anomaly().kind());
            }
        }
        return kinds;
    }

    private double noisy(double value) {
        return value * (1 + random.nextGaussian() / 10);
    }

    @Test
    void repeatedShapeIsOrdinaryAndRecordIsFoundOnce() {
        LongToDoubleFunction daily = ms -> 100 + 50 * Math.sin(2 * Math.PI * ms / DAY);
        assertThat(anomalies(14 * DAY, ms -> noisy(daily.applyAsDouble(ms)))).hasSizeLessThanOrEqualTo(1);
        assertThat(anomalies(10 * DAY, ms -> ms >= 9 * DAY && ms < 9 * DAY + HOUR ? 500 : daily.applyAsDouble(ms)))
                .containsExactly(Series.Kind.HIGH);
        assertThat(anomalies(10 * DAY, ms -> ms >= 9 * DAY && ms < 9 * DAY + HOUR ? 1 : daily.applyAsDouble(ms)))
                .containsExactly(Series.Kind.LOW);
    }

    @Test
    void ordinaryValueAtTheWrongHourIsFoundInASeason() {
        LongToDoubleFunction daily = ms -> ms % DAY < 12 * HOUR ? 20 + random.nextInt(10) : 100 + random.nextInt(10);
        long night = 11 * DAY + 3 * HOUR;
        long noon = 11 * DAY + 18 * HOUR;
        assertThat(anomalies(14 * DAY, daily)).isEmpty();
        assertThat(anomalies(12 * DAY, ms -> ms == night ? 80 : daily.applyAsDouble(ms)))
                .containsExactly(Series.Kind.SEASON_HIGH);
        assertThat(anomalies(12 * DAY, ms -> ms == noon ? 40 : daily.applyAsDouble(ms)))
                .containsExactly(Series.Kind.SEASON_LOW);
        assertThat(anomalies(6 * DAY, ms -> ms == night - 6 * DAY ? 80 : daily.applyAsDouble(ms)))
                .as("too few days")
                .isEmpty();
    }

    @Test
    void recordFadesWithAge() {
        LongToDoubleFunction bursts = ms -> ms == 3 * DAY || ms == 60 * DAY ? 400 : 100 + random.nextInt(20);
        assertThat(anomalies(61 * DAY, bursts)).containsExactly(Series.Kind.HIGH, Series.Kind.HIGH);
    }

    @Test
    void hugeBurstDoesNotHideTheNextOne() {
        LongToDoubleFunction bursts =
                ms -> ms == 3 * DAY ? 1_000_000 : ms == 4 * DAY ? 50_000 : 100 + random.nextInt(20);
        assertThat(anomalies(5 * DAY, bursts)).containsExactly(Series.Kind.HIGH, Series.Kind.HIGH);
    }

    @Test
    void newVariationIsFoundThoughNoValueIs() {
        assertThat(anomalies(6 * DAY, ms -> {
                    double up = ms > 5 * DAY ? 50 * (ms / STEP % 2) : 0;
                    return ms % (7 * HOUR) == 0 ? 200 : 100 + random.nextInt(3) + up;
                }))
                .contains(Series.Kind.SPREAD);
    }

    @Test
    void newHourIsFoundOnceHoursAreLearned() {
        LongToDoubleFunction office = ms -> ms % DAY >= 9 * HOUR && ms % DAY < 17 * HOUR ? 100 : 0;
        assertThat(anomalies(8 * DAY, ms -> ms == 7 * DAY + 3 * HOUR ? 60 : office.applyAsDouble(ms)))
                .containsExactly(Series.Kind.HOUR);
        assertThat(anomalies(8 * DAY, ms -> ms % (31 * HOUR) == 0 ? 100 : 0))
                .as("now here and now there")
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void newWeekdayIsFoundAfterTwoWeeks() {
        // 1970 began on a Thursday, so the third and fourth day of each week from then are a Saturday and a Sunday.
        LongToDoubleFunction week = ms -> {
            long day = ms / DAY % 7;
            return day != 2 && day != 3 && ms % DAY >= 9 * HOUR && ms % DAY < 17 * HOUR ? 100 : 0;
        };
        long saturday = 30 * DAY;
        assertThat(anomalies(31 * DAY, ms -> ms == saturday + 10 * HOUR ? 60 : week.applyAsDouble(ms)))
                .containsExactly(Series.Kind.WEEKDAY);
        assertThat(anomalies(31 * DAY, week)).isEmpty();
    }

    @Test
    void valuesOffASteadyLevelAreFoundUntilTheyStay() {
        assertThat(anomalies(4 * DAY, ms -> ms % (20 * HOUR) == 10 * HOUR ? 300 : 1_000 + random.nextInt(3)))
                .hasSizeGreaterThanOrEqualTo(2)
                .containsOnly(Series.Kind.OFF);
        assertThat(anomalies(6 * DAY, ms -> ms < 3 * DAY ? 1_000 + random.nextInt(3) : 2_000 + random.nextInt(3)))
                .as("it has moved")
                .hasSizeLessThanOrEqualTo(4);
    }
}
