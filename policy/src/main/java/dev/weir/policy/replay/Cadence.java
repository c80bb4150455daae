package dev.weir.policy.replay;

import dev.weir.common.Millis;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The frequency of events, derived from the beginnings of their bursts. Flows less than five minutes apart are one
 * burst; the newest bursts are kept, so the memory is fixed. Flows should come roughly in the order of their times.
 */
public final class Cadence {
    private static final long GAP_MS = 300_000;
    private static final int BURSTS = 64;
    private static final int FEW = 3;
    private static final double TOLERANCE = 0.15;

    private long[] starts = new long[2];
    private int bursts;
    private long firstMs = Long.MAX_VALUE;
    private long lastMs = Long.MIN_VALUE;
    private long count;

    public void add(long startMs, long endMs) {
        if (count == 0 || startMs > lastMs + GAP_MS) {
            if (bursts == starts.length && bursts < BURSTS) {
                starts = Arrays.copyOf(starts, 2 * bursts);
            }
            starts[bursts % BURSTS] = startMs;
            bursts++;
        }
        count++;
        firstMs = Math.min(firstMs, startMs);
        lastMs = Math.max(lastMs, endMs);
    }

    public long count() {
        return count;
    }

    public long firstMs() {
        return firstMs;
    }

    public long lastMs() {
        return lastMs;
    }

    /**
     * The frequency as text: {@code once}, {@code continuous}, {@code hourly}, {@code nightly}, {@code daily}, {@code
     * every 15 min}, {@code irregular}.
     */
    public String text() {
        if (count == 1) {
            return "once";
        }
        if (bursts == 1) {
            return lastMs - firstMs >= Millis.HOUR ? "continuous" : "one burst";
        }
        List<Long> gaps = gaps();
        if (gaps.size() < FEW - 1) {
            return "irregular";
        }
        List<Long> sorted = new ArrayList<>(gaps);
        sorted.sort(null);
        long median = sorted.get(sorted.size() / 2);
        long regular = gaps.stream()
                .filter(gap -> Math.abs(gap - median) <= TOLERANCE * median)
                .count();
        return regular * 4 >= gaps.size() * 3L ? regular(median) : "irregular";
    }

    private List<Long> gaps() {
        long[] kept = Arrays.copyOf(starts, Math.min(bursts, BURSTS));
        Arrays.sort(kept);
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < kept.length; i++) {
            gaps.add(kept[i] - kept[i - 1]);
        }
        return gaps;
    }

    private String regular(long median) {
        if (near(median, Millis.HOUR)) {
            return "hourly";
        }
        if (near(median, Millis.DAY)) {
            return atNight() ? "nightly" : "daily";
        }
        if (near(median, 7 * Millis.DAY)) {
            return "weekly";
        }
        long minutes = Math.round(median / (double) Millis.MINUTE);
        return minutes < 120 ? "every " + minutes + " min" : "every " + Math.round(minutes / 60.0) + " h";
    }

    /** True if all bursts began between ten in the evening and six in the morning, UTC. */
    private boolean atNight() {
        for (int i = 0; i < Math.min(bursts, BURSTS); i++) {
            int hour = Instant.ofEpochMilli(starts[i]).atZone(ZoneOffset.UTC).getHour();
            if (hour >= 6 && hour < 22) {
                return false;
            }
        }
        return true;
    }

    private static boolean near(long gap, long period) {
        return Math.abs(gap - period) <= TOLERANCE * period;
    }
}
