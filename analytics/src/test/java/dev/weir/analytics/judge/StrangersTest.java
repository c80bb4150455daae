package dev.weir.analytics.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which edges are kept apart when a sender invents ends. */
class StrangersTest {
    private static final long HOUR = 3_600_000;

    private final Strangers strangers = new Strangers();

    private static Entity address(int i) {
        return new Entity(
                null, null, null, null, "10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256, null, null, null);
    }

    private static Entity workload(String name) {
        return new Entity("shop", name, "Deployment", null, null, null, null, null);
    }

    private static Activity activity(Entity source, Entity destination, long ms) {
        return new Activity(
                Activity.sliceOf(ms),
                null,
                source,
                destination,
                80,
                "TCP",
                Verdict.FORWARDED,
                null,
                null,
                List.of(),
                1,
                1,
                0,
                0,
                null,
                null,
                null,
                null,
                ms,
                ms,
                List.of(0),
                List.of(),
                1,
                0,
                0,
                List.of(),
                null,
                List.of());
    }

    /** How many of the activities of one slice are between strangers. */
    private int between(List<Activity> slice) {
        slice.forEach(strangers::count);
        return (int) slice.stream().filter(strangers::isBetween).count();
    }

    private void invent(long ms) {
        List<Activity> invented = new ArrayList<>();
        for (int i = 0; i < Strangers.FREE; i++) {
            invented.add(activity(workload("free" + i), address(i), ms));
        }
        assertThat(between(invented)).isZero();
    }

    @Test
    void endsAreInventedThenFurtherEdgesAreBetweenStrangers() {
        invent(HOUR);
        List<Activity> invented = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            invented.add(activity(workload("w" + i), address(100_000 + i), HOUR));
        }
        assertThat(between(invented)).isGreaterThan(4_500);
        assertThat(strangers.edges()).isGreaterThan(4_500);
    }

    @Test
    void oneSweepsAmongInventedEndsThenItsEdgesAreKept() {
        invent(HOUR);
        List<Activity> sweep = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sweep.add(activity(workload("sweeper"), address(200_000 + i), HOUR));
        }
        assertThat(between(sweep)).isZero();
    }

    @Test
    void manyStrangersAskOneServerThenItsEdgesAreKept() {
        invent(HOUR);
        List<Activity> asking = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            asking.add(activity(address(300_000 + i), workload("server"), HOUR));
        }
        assertThat(between(asking)).isZero();
    }

    @Test
    void endIsKnownThenItStaysKnownInLaterHours() {
        assertThat(between(List.of(activity(workload("web"), workload("db"), HOUR))))
                .isZero();
        for (int hour = 2; hour < 10; hour++) {
            invent(hour * HOUR);
            assertThat(between(List.of(activity(workload("web"), address(999_999), hour * HOUR))))
                    .isZero();
        }
    }
}
