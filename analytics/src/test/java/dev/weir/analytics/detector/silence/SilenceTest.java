package dev.weir.analytics.detector.silence;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final long STEP = 300_000;
    private static final DetectorsConfig CONFIG = DetectorsConfig.defaults();

    private static Activity edge(long slice) {
        return new ActivityBuilder(slice, workload("web"), address("10.0.0.9"), 80)
                .answered(1)
                .bytes(10, 0)
                .build();
    }

    @Test
    void edgeThatStopsIsFoundOnce() {
        DetectorHarness<EdgeUseState> silence = new DetectorHarness<>(new Silence(CONFIG.of(Silence.TYPE)));
        DetectorResult<EdgeUseState> last = null;
        for (long ms = 0; ms < 3 * DAY; ms += STEP) {
            last = silence.step(ms, edge(ms));
        }
        long stopped = 3 * DAY - STEP;
        assertThat(last.wakeMs()).isEqualTo(stopped + STEP + 30 * 60_000);
        assertThat(silence.run(last.wakeMs() - 20_000)).as("not yet").isEmpty();
        assertThat(silence.run(last.wakeMs())).singleElement().satisfies(finding -> {
            assertThat(finding.title()).isEqualTo("shop/web no longer connects to 10.0.0.9 port 80");
            assertThat(finding.evidence().observed()).containsEntry("silent_min", 30.0);
        });
        assertThat(silence.run(last.wakeMs() + HOUR)).as("reported already").isEmpty();
        assertThat(silence.run(last.wakeMs() + 2 * HOUR, edge(last.wakeMs() + 2 * HOUR)))
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
    void edgeOfOfficeHoursThatStopsAtNoonIsFound() {
        DetectorHarness<EdgeUseState> silence = new DetectorHarness<>(new Silence(CONFIG.of(Silence.TYPE)));
        long noon = 18 * DAY + 12 * HOUR;
        DetectorResult<EdgeUseState> last = null;
        for (long ms = 0; ms < noon; ms += STEP) {
            long hour = ms % DAY / HOUR;
            // 1970 began on a Thursday; Saturdays and Sundays are silent.
            boolean isOffice = ms / DAY % 7 != 2 && ms / DAY % 7 != 3 && hour >= 8 && hour < 17;
            if (isOffice) {
                last = silence.step(ms, edge(ms));
            } else if (last != null && last.wakeMs() != null && last.wakeMs() <= ms) {
                assertThat(silence.run(last.wakeMs())).as("evening or weekend").isEmpty();
            }
        }
        assertThat(last.wakeMs()).isEqualTo(noon + 30 * 60_000);
        assertThat(silence.run(last.wakeMs())).singleElement().satisfies(finding -> assertThat(finding.summary())
                .endsWith("was never silent for more than 0 minutes in the hours of the day in which it always does."));
    }

    @Test
    void edgeThatIsUsedNowAndThenIsNeverSilent() {
        DetectorHarness<EdgeUseState> silence = new DetectorHarness<>(new Silence(CONFIG.of(Silence.TYPE)));
        for (long ms = 0; ms < 5 * DAY; ms += 2 * HOUR) {
            assertThat(silence.step(ms, edge(ms)).wakeMs()).isNull();
        }
    }
}
