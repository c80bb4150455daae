package dev.weir.analytics.detector;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.silence.EdgeUseState;
import dev.weir.analytics.detector.silence.Silence;
import dev.weir.analytics.detector.volumeanomaly.Series;
import dev.weir.analytics.detector.volumeanomaly.VolumeAnomaly;
import dev.weir.model.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

class VolumeTest {
    private static final long STEP = Series.STEP_MS;
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private final Random random = new Random(7);

    /** The news of values that follow a repeated daily shape. */
    private static List<Series.Kind> news(long until, LongToDoubleFunction shape) {
        Series series = Series.empty();
        List<Series.Kind> kinds = new ArrayList<>();
        for (long ms = 0; ms < until; ms += STEP) {
            Series.Next next = series.plus(ms, shape.applyAsDouble(ms));
            series = next.series();
            if (next.news() != null && ms > 2 * DAY) {
                kinds.add(next.news().kind());
            }
        }
        return kinds;
    }

    private double noisy(double value) {
        return value * (1 + random.nextGaussian() / 10);
    }

    @Test
    void repeatedShapeIsNoNewsAndRecordIsNewsOnce() {
        LongToDoubleFunction daily = ms -> 100 + 50 * Math.sin(2 * Math.PI * ms / DAY);
        assertThat(news(14 * DAY, ms -> noisy(daily.applyAsDouble(ms)))).hasSizeLessThanOrEqualTo(1);
        assertThat(news(10 * DAY, ms -> ms >= 9 * DAY && ms < 9 * DAY + HOUR ? 500 : daily.applyAsDouble(ms)))
                .containsExactly(Series.Kind.HIGH);
        assertThat(news(10 * DAY, ms -> ms >= 9 * DAY && ms < 9 * DAY + HOUR ? 1 : daily.applyAsDouble(ms)))
                .containsExactly(Series.Kind.LOW);
    }

    @Test
    void newVariationIsNewsThoughNoValueIs() {
        assertThat(news(6 * DAY, ms -> {
                    double up = ms > 5 * DAY ? 50 * (ms / STEP % 2) : 0;
                    return ms % (7 * HOUR) == 0 ? 200 : 100 + random.nextInt(3) + up;
                }))
                .contains(Series.Kind.SPREAD);
    }

    @Test
    void newHourIsNewsOnceHoursAreLearned() {
        LongToDoubleFunction office = ms -> ms % DAY >= 9 * HOUR && ms % DAY < 17 * HOUR ? 100 : 0;
        assertThat(news(8 * DAY, ms -> ms == 7 * DAY + 3 * HOUR ? 60 : office.applyAsDouble(ms)))
                .containsExactly(Series.Kind.HOUR);
        assertThat(news(8 * DAY, ms -> ms % (31 * HOUR) == 0 ? 100 : 0))
                .as("now here and now there")
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void newWeekdayIsNewsAfterTwoWeeks() {
        // 1970 began on a Thursday, so the third and fourth day of each week from then are a Saturday and a Sunday.
        LongToDoubleFunction week = ms -> {
            long day = ms / DAY % 7;
            return day != 2 && day != 3 && ms % DAY >= 9 * HOUR && ms % DAY < 17 * HOUR ? 100 : 0;
        };
        long saturday = 30 * DAY;
        assertThat(news(31 * DAY, ms -> ms == saturday + 10 * HOUR ? 60 : week.applyAsDouble(ms)))
                .containsExactly(Series.Kind.WEEKDAY);
        assertThat(news(31 * DAY, week)).isEmpty();
    }

    @Test
    void volumeOfAWorkloadIsFoundIfNoEdgeHasMost() {
        assertThat(ofWorkload(20)).singleElement().satisfies(finding -> {
            assertThat(finding.title()).isEqualTo("The volume of shop/web is out of the ordinary");
            assertThat(finding.evidence().observed()).containsEntry("bytes_in_5min", 2.0E8);
        });
        assertThat(ofWorkload(1)).as("the finding is that of the edge").isEmpty();
    }

    private List<Finding> ofWorkload(int edges) {
        DetectorHarness<?> volume = new DetectorHarness<>(VolumeAnomaly.ofWorkloads(CONFIG.of(VolumeAnomaly.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (long ms = 0; ms < 3 * DAY + 2 * STEP; ms += STEP) {
            long all = ms == 3 * DAY ? 200_000_000 : 3_000_000 + random.nextInt(1_000_000);
            Activity[] activities = new Activity[edges];
            for (int i = 0; i < edges; i++) {
                activities[i] = new ActivityBuilder(ms, workload("web"), address("10.0.1." + i), 80)
                        .answered(1)
                        .bytes(all / edges, 0)
                        .build();
            }
            found.addAll(volume.run(ms, activities));
        }
        return found;
    }

    @Test
    void valuesOffASteadyLevelAreNewsUntilTheyStay() {
        assertThat(news(4 * DAY, ms -> ms % (20 * HOUR) == 10 * HOUR ? 300 : 1_000 + random.nextInt(3)))
                .hasSizeGreaterThanOrEqualTo(2)
                .containsOnly(Series.Kind.OFF);
        assertThat(news(6 * DAY, ms -> ms < 3 * DAY ? 1_000 + random.nextInt(3) : 2_000 + random.nextInt(3)))
                .as("it has moved")
                .hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void recordVolumeIsFoundAfterTwoDaysAboveTheFloor() {
        assertThat(volumes(3_000_000, 90_000_000, 3 * DAY)).singleElement().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("baseline");
            assertThat(finding.summary()).contains("90.0 MB in five minutes").contains("more than ever");
        });
        assertThat(volumes(3_000_000, 90_000_000, DAY)).as("too early").isEmpty();
        assertThat(volumes(3_000, 90_000, 3 * DAY)).as("too little").isEmpty();
        assertThat(volumes(3_000_000, 4_500_000, 3 * DAY)).as("hardly more").isEmpty();
    }

    private List<Finding> volumes(long usual, long once, long after) {
        DetectorHarness<?> volume = new DetectorHarness<>(VolumeAnomaly.ofEdges(CONFIG.of(VolumeAnomaly.TYPE)));
        List<Finding> found = new ArrayList<>();
        for (long ms = 0; ms < after + 2 * STEP; ms += STEP) {
            long bytes = ms == after ? once : usual + random.nextInt((int) usual / 3);
            found.addAll(volume.run(ms, edge(ms, bytes)));
        }
        return found;
    }

    private static Activity edge(long slice, long bytes) {
        return new ActivityBuilder(slice, workload("web"), address("10.0.0.9"), 80)
                .answered(1)
                .bytes(bytes, 0)
                .build();
    }

    @Test
    void edgeThatStopsIsFoundOnce() {
        DetectorHarness<EdgeUseState> silence = new DetectorHarness<>(new Silence(CONFIG.of(Silence.TYPE)));
        DetectorResult<EdgeUseState> last = null;
        for (long ms = 0; ms < 3 * DAY; ms += STEP) {
            last = silence.step(ms, edge(ms, 10));
        }
        long stopped = 3 * DAY - STEP;
        assertThat(last.wakeMs()).isEqualTo(stopped + STEP + 30 * 60_000);
        assertThat(silence.run(last.wakeMs() - 20_000)).as("not yet").isEmpty();
        assertThat(silence.run(last.wakeMs())).singleElement().satisfies(finding -> {
            assertThat(finding.title()).isEqualTo("shop/web has stopped speaking to 10.0.0.9 port 80");
            assertThat(finding.evidence().observed()).containsEntry("silent_min", 30.0);
        });
        assertThat(silence.run(last.wakeMs() + HOUR)).as("reported already").isEmpty();
        assertThat(silence.run(last.wakeMs() + 2 * HOUR, edge(last.wakeMs() + 2 * HOUR, 10)))
                .isEmpty();
        assertThat(silence.state().longestMs())
                .as("a reported silence does not count")
                .isZero();
    }

    /** Flows that an exporter loses look like silence. */
    @Test
    void silenceBehindALossyExporterIsLessCertain() {
        DetectorHarness<EdgeUseState> silence = new DetectorHarness<>(new Silence(CONFIG.of(Silence.TYPE)));
        DetectorResult<EdgeUseState> last = null;
        for (long ms = 0; ms < 3 * DAY; ms += STEP) {
            last = silence.step(
                    ms,
                    new ActivityBuilder(ms, workload("web"), address("10.0.0.9"), 80)
                            .answered(1)
                            .sampling(50)
                            .lost(20)
                            .build());
        }
        assertThat(silence.run(last.wakeMs())).singleElement().satisfies(finding -> {
            assertThat(finding.confidence()).isCloseTo(0.6 * 0.9 * 0.9, within(0.005));
            assertThat(finding.evidence().caveats())
                    .containsExactly("sampled 1:50", "up to 20 % of the flows are missing, lost or late");
        });
    }

    @Test
    void edgeThatIsUsedNowAndThenIsNeverSilent() {
        DetectorHarness<EdgeUseState> silence = new DetectorHarness<>(new Silence(CONFIG.of(Silence.TYPE)));
        for (long ms = 0; ms < 5 * DAY; ms += 2 * HOUR) {
            assertThat(silence.step(ms, edge(ms, 10)).wakeMs()).isNull();
        }
    }
}
