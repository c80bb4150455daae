package dev.weir.analytics.detector.beaconing;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.Decisions;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.Slice;
import dev.weir.model.Activity;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BeaconingTest {
    private static final long SECOND = 1_000;
    private static final String OUTSIDE = "203.0.113.9";

    private final Beaconing beaconing =
            new Beaconing(new BeaconingConfig(null, null, null, null, null, null, null, null));
    private final Random random = new Random(7);
    private @Nullable Contacts state;

    @Test
    void regularityAloneIsNoFinding() {
        assertThat(everyMinute(0, 30 * HOUR, OUTSIDE, 443, true)).isEmpty();
    }

    @Test
    void regularityToAnUnusualPortIsNoFinding() {
        assertThat(everyMinute(0, 6 * HOUR, OUTSIDE, 6667, true)).isEmpty();
    }

    @Test
    void unansweredRegularContactIsFound() {
        List<Finding> found = everyMinute(0, 3 * HOUR, OUTSIDE, 6667, false);
        assertThat(found).isNotEmpty();
        Finding first = found.get(0);
        assertThat(first.category()).isEqualTo("command-and-control");
        assertThat(first.lastSeenMs()).isBetween(29 * MINUTE, 31 * MINUTE);
        assertThat(first.title()).isEqualTo("shop/web keeps trying to reach 203.0.113.9 without an answer");
        assertThat(first.evidence().observed()).containsEntry("attempts", 30.0).containsKey("interval_s");
    }

    @Test
    void beaconThatIsSeldomAnsweredIsFound() {
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            found.addAll(step(i * MINUTE, OUTSIDE, 6667, i % 10 == 0, 180));
        }
        assertThat(found).isNotEmpty();
        assertThat(found.get(0).lastSeenMs())
                .as("so even that the least time does not matter")
                .isBetween(29 * MINUTE, 31 * MINUTE);
        assertThat(found.get(0).summary()).contains("port 6667 is not one", "% of its connections came to nothing");
        assertThat(found.get(0).evidence().observed().get("score")).isGreaterThanOrEqualTo(0.75);
    }

    @Test
    void minutesSufficeForManyAttempts() {
        List<Finding> found = attempts(60, i -> 10 * SECOND + random.nextInt(3_000), 443);
        assertThat(found).isNotEmpty();
        assertThat(found.get(0).lastSeenMs()).isLessThan(6 * MINUTE);
    }

    @Test
    void attemptsWithHalfAnIntervalOfJitterAreFound() {
        assertThat(attempts(60, i -> 30 * SECOND + random.nextInt(30_000), 443)).isNotEmpty();
    }

    @Test
    void retriesThatBackOffOrComeByChanceAreNoBeacon() {
        assertThat(attempts(40, i -> Math.round(SECOND * Math.pow(1.3, i)), 6667))
                .as("back-off")
                .isEmpty();
        assertThat(attempts(300, i -> Math.min(120 * SECOND, SECOND << Math.min(i, 20)), 6667))
                .as("back-off up to two minutes")
                .isEmpty();
        assertThat(attempts(200, i -> Math.round(-Math.log(1 - random.nextDouble()) * 20 * SECOND) + 1, 6667))
                .as("chance")
                .isEmpty();
        assertThat(attempts(200, i -> 200, 6667)).as("a flood").isEmpty();
    }

    private List<Finding> attempts(int count, IntToLongFunction interval, int port) {
        state = null;
        List<Finding> found = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < count; i++) {
            found.addAll(step(at, OUTSIDE, port, false, 60));
            at += interval.applyAsLong(i);
        }
        return found;
    }

    @Test
    void newPeerOfALongKnownWorkloadIsFound() {
        assertThat(everyMinute(0, 30 * HOUR, "203.0.113.8", 443, true)).isEmpty();
        List<Finding> found = everyMinute(30 * HOUR, 33 * HOUR, OUTSIDE, 443, true);
        assertThat(found).isNotEmpty();
        assertThat(found.get(0).summary()).contains("the workload did without it for 30 hours");
    }

    @Test
    void beaconOfAQuarterOfAnHourIsFoundOverADay() {
        assertThat(everyMinute(0, 30 * HOUR, "203.0.113.8", 443, true)).isEmpty();
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 48; i++) {
            long jitter = random.nextInt((int) (5 * MINUTE));
            found.addAll(step(30 * HOUR + i * 15 * MINUTE + jitter, OUTSIDE, 443, true, 1_800 + random.nextInt(60)));
        }
        assertThat(found).isNotEmpty();
    }

    @Test
    void timeServersOwnPeersAndPeopleAreNotFound() {
        assertThat(everyMinute(0, 3 * HOUR, OUTSIDE, 123, false)).isEmpty();
        assertThat(everyMinute(0, 3 * HOUR, "10.0.0.9", 6667, false)).isEmpty();
        assertThat(everyMinute(0, 3 * HOUR, "224.0.0.251", 6667, false)).isEmpty();
        long at = 3 * HOUR;
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            at += (long) (-Math.log(1 - random.nextDouble()) * 20 * MINUTE);
            found.addAll(step(at, OUTSIDE, 6667, false, 100 + random.nextInt(100_000)));
        }
        assertThat(found).as("now and then, of any size").isEmpty();
    }

    @Test
    void datagramsUnlikeTimeAtItsPortAreFound() {
        assertThat(everyMinute(0, 30 * HOUR, "203.0.113.8", 443, true)).isEmpty();
        Contacts known = state;
        assertThat(time(4, 328, 76)).isNotEmpty().first().satisfies(finding -> assertThat(finding.summary())
                .contains("port 123 is not one"));
        state = known;
        assertThat(time(4, 76, 400)).as("long answers").isNotEmpty();
        state = known;
        assertThat(time(1, 76, 76)).as("a client of NTP").isEmpty();
        state = known;
        assertThat(time(1, 260, 256)).as("a client of NTP with keys").isEmpty();
        state = known;
        assertThat(time(1, 76, 0)).as("a time server that is down").isEmpty();
        state = known;
        assertThat(time(1_000, 260, 76))
                .as("a client whose keys were refused once")
                .isEmpty();
        state = null;
        assertThat(time(4, 328, 76)).as("there from the beginning").isEmpty();
    }

    /** Asks at the port of time servers every half minute for an hour and a half; one in {@code each} is unlike. */
    private List<Finding> time(int each, long asked, long answered) {
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 180; i++) {
            long ms = 30 * HOUR + i * MINUTE / 2 + random.nextInt(3_000);
            long slice = Activity.sliceOf(ms);
            boolean isUnlike = i % each == 0;
            long sent = isUnlike ? asked : 76;
            long received = isUnlike ? answered : 76;
            Flow flow = Flow.of(
                    ms,
                    ms + 20,
                    Endpoint.of("10.0.0.5", 40_000 + i).withCounters(sent, 1L, null),
                    Endpoint.of(OUTSIDE, 123).withCounters(received, received == 0 ? 0L : 1L, null),
                    "UDP",
                    Verdict.FORWARDED);
            Activity activity = new ActivityBuilder(slice, workload("web"), address(OUTSIDE), 123)
                    .protocol("UDP")
                    .answered(received == 0 ? 0 : 1)
                    .unanswered(received == 0 ? 1 : 0)
                    .bytes(sent, received)
                    .flows(flow)
                    .at(ms)
                    .build();
            DetectorResult<Contacts> step =
                    beaconing.step(state, new Slice(slice, List.of(activity), Decisions.none()));
            state = step.state();
            found.addAll(step.findings());
        }
        return found;
    }

    @Test
    void evenContactInsideAtANewPortIsFound() {
        assertThat(everyMinute(0, 25 * HOUR, "10.0.0.8", 8080, true)).isEmpty();
        assertThat(everyMinute(25 * HOUR, 28 * HOUR, "10.0.0.9", 8080, true))
                .as("a port that it has always used")
                .isEmpty();
        List<Finding> found = everyMinute(28 * HOUR, 30 * HOUR, "10.0.0.9", 9001, true);
        assertThat(found).isNotEmpty();
        assertThat(found.get(0).category()).isEqualTo("command-and-control");
        assertThat(found.get(0).confidence()).isBetween(0.5, 0.75);
        assertThat(found.get(0).summary())
                .contains("the port is new to it, and it has contact with no other peer there");
    }

    @Test
    void probesOfSeveralPeersInsideAreNoBeacons() {
        assertThat(everyMinute(0, 25 * HOUR, "10.0.0.8", 8080, true)).isEmpty();
        List<Finding> found = new ArrayList<>();
        for (long at = 25 * HOUR; at < 28 * HOUR; at += MINUTE) {
            for (int peer = 1; peer <= 3; peer++) {
                found.addAll(step(at + peer, "10.0.0." + peer, 9100, true, 180));
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void evenTriesAtAnAddressInsideThatNoObjectHasAreFound() {
        assertThat(everyMinute(0, 25 * HOUR, "10.0.0.8", 8080, true)).isEmpty();
        assertThat(everyMinute(25 * HOUR, 27 * HOUR, "10.0.0.77", 8081, false)).isNotEmpty();
        state = null;
        assertThat(everyMinute(0, 27 * HOUR, "10.0.0.77", 8081, false))
                .as("since it began")
                .isEmpty();
    }

    @Test
    void peersAreBounded() {
        for (int i = 0; i < 1_000; i++) {
            step(i * MINUTE, "203.0." + i / 250 + "." + (1 + i % 250), 6667, false, 10);
        }
        assertThat(state.peers()).hasSize(64);
    }

    /** Makes a connection a minute, with a tenth of jitter. */
    private List<Finding> everyMinute(long from, long to, String destination, int port, boolean answered) {
        List<Finding> found = new ArrayList<>();
        for (long at = from; at < to; at += MINUTE) {
            found.addAll(step(at + random.nextInt((int) MINUTE / 10), destination, port, answered, 180));
        }
        return found;
    }

    private List<Finding> step(long ms, String destination, int port, boolean answered, long bytes) {
        long slice = Activity.sliceOf(ms);
        Activity sized = new ActivityBuilder(slice, workload("web"), address(destination), port)
                .answered(answered ? 1 : 0)
                .unanswered(answered ? 0 : 1)
                .bytes(bytes, 10)
                .at(ms)
                .build();
        DetectorResult<Contacts> step = beaconing.step(state, new Slice(slice, List.of(sized), Decisions.none()));
        state = step.state();
        return step.findings();
    }
}
