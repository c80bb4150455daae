package dev.weir.analytics.judge;

import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Activity;
import dev.weir.model.Entity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Separates edges between strangers when a sender invents ends. */
class StrangersTest {
    private final Strangers strangers = new Strangers();

    private static Entity address(int i) {
        return new Entity(
                null, null, null, null, "10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256, null, null, null);
    }

    private static Entity workload(String name) {
        return Entity.workload("shop", name, "Deployment");
    }

    /** A connection that ended at a time. */
    private record Seen(Entity source, Entity destination, long ms) {}

    /** Counts the edges of one slice that are between strangers. */
    private int between(List<Seen> slice) {
        slice.forEach(seen -> strangers.count(seen.source, seen.destination, Activity.sliceOf(seen.ms), 1));
        return (int) slice.stream()
                .filter(seen -> strangers.isBetween(seen.source, seen.destination))
                .count();
    }

    private void invent(long ms) {
        List<Seen> invented = new ArrayList<>();
        for (int i = 0; i < Strangers.FREE; i++) {
            invented.add(new Seen(workload("free" + i), address(i), ms));
        }
        assertThat(between(invented)).isZero();
    }

    @Test
    void manyInventedEndsAreStrangers() {
        invent(HOUR);
        List<Seen> invented = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            invented.add(new Seen(workload("w" + i), address(100_000 + i), HOUR));
        }
        assertThat(between(invented)).isGreaterThan(4_500);
        assertThat(strangers.edges()).isGreaterThan(4_500);
    }

    /** A single row of counts has five ends in each place by then, and would take one in ten for known. */
    @Test
    void endsAreStrangersThoughAMillionOthersAre() {
        invent(HOUR);
        int known = 0;
        for (int slice = 0; slice < 130; slice++) {
            List<Seen> invented = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                int number = slice * 5_000 + i;
                invented.add(new Seen(workload("w" + number), address(100_000 + number), HOUR));
            }
            known += invented.size() - between(invented);
        }
        assertThat(known).isLessThan(650);
    }

    @Test
    void edgesOfASweepAmongInventedEndsAreKept() {
        invent(HOUR);
        List<Seen> sweep = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sweep.add(new Seen(workload("sweeper"), address(200_000 + i), HOUR));
        }
        assertThat(between(sweep)).isZero();
    }

    @Test
    void edgesOfAServerThatManyStrangersAskAreKept() {
        invent(HOUR);
        List<Seen> asking = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            asking.add(new Seen(address(300_000 + i), workload("server"), HOUR));
        }
        assertThat(between(asking)).isZero();
    }

    @Test
    void knownEndStaysKnownInLaterHours() {
        assertThat(between(List.of(new Seen(workload("web"), workload("db"), HOUR))))
                .isZero();
        for (int hour = 2; hour < 10; hour++) {
            invent(hour * HOUR);
            assertThat(between(List.of(new Seen(workload("web"), address(999_999), hour * HOUR))))
                    .isZero();
        }
    }
}
