package dev.weir.standalone.reference;

import dev.weir.common.Ip;
import dev.weir.common.Millis;
import dev.weir.model.Alert;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules of RITA 5 (Active Countermeasures) as its documents give them: beacons, strobes, long connections and names
 * of one domain, each by internal sources to external destinations, in data sets of a day. Its modifiers by prevalence
 * and age, which need a longer past, are left out.
 */
public final class RitaRules {
    private static final int BINS = 24;
    private static final long STROBE = 86_400;
    private static final int LEAST_TIMES = 4;
    private static final double LEAST_IQR = 10;
    private static final int LEAST_BARS = 11;

    private final double score;
    private final long lasting;
    private final int names;

    private RitaRules(double score, long lasting, int names) {
        this.score = score;
        this.lasting = lasting;
        this.names = names;
    }

    /** The rules that report from low severity on. */
    public static RitaRules low() {
        return new RitaRules(0.75, 4 * Millis.HOUR, 500);
    }

    /** The rules that report from medium severity on. */
    public static RitaRules medium() {
        return new RitaRules(0.9, 8 * Millis.HOUR, 800);
    }

    /** The alerts about all flows. */
    public List<Alert> alerts(List<Flow> flows) {
        Map<Long, List<Flow>> days = new TreeMap<>();
        long first = flows.stream().mapToLong(Flow::startMs).min().orElse(0);
        flows.forEach(flow -> days.computeIfAbsent((flow.startMs() - first) / Millis.DAY, day -> new ArrayList<>())
                .add(flow));
        List<Alert> alerts = new ArrayList<>();
        days.values().forEach(day -> addOfDay(day, alerts));
        return alerts;
    }

    private void addOfDay(List<Flow> day, List<Alert> alerts) {
        long fromMs = day.stream().mapToLong(Flow::startMs).min().orElseThrow();
        long toMs = day.stream().mapToLong(Flow::endMs).max().orElseThrow();
        Map<String, List<Flow>> pairs = new TreeMap<>();
        Map<String, Set<String>> domains = new HashMap<>();
        Map<String, List<Flow>> questions = new TreeMap<>();
        for (Flow flow : day) {
            if (!Ip.isPublic(flow.source().ip())
                    && Ip.isPublic(flow.destination().ip())) {
                pairs.computeIfAbsent(
                                flow.source().ip() + " " + flow.destination().ip(), pair -> new ArrayList<>())
                        .add(flow);
            }
            L7.Dns dns = flow.l7() == null ? null : flow.l7().dns();
            if (dns != null && dns.query() != null) {
                String[] labels = dns.query().split("\\.");
                String domain =
                        String.join(".", Arrays.copyOfRange(labels, Math.max(0, labels.length - 2), labels.length));
                domains.computeIfAbsent(domain, each -> new HashSet<>()).add(dns.query());
                questions.computeIfAbsent(domain, each -> new ArrayList<>()).add(flow);
            }
        }
        for (List<Flow> pair : pairs.values()) {
            String destination = pair.get(0).destination().ip();
            long longest = pair.stream()
                    .mapToLong(flow -> flow.endMs() - flow.startMs())
                    .sum();
            if (pair.size() >= STROBE || beaconScore(pair, fromMs, toMs) >= score || longest >= lasting) {
                alerts.add(ReferenceAlerts.of("rita", "command-and-control", pair, destination, null));
            }
        }
        questions.forEach((domain, asked) -> {
            if (domains.get(domain).size() >= names) {
                alerts.add(ReferenceAlerts.of("rita-dns", "command-and-control", asked, null, null));
            }
        });
    }

    private static double beaconScore(List<Flow> pair, long fromMs, long toMs) {
        long[] times = pair.stream()
                .mapToLong(flow -> flow.startMs() / 1_000)
                .distinct()
                .sorted()
                .toArray();
        if (times.length < LEAST_TIMES) {
            return 0;
        }
        double[] intervals = new double[times.length - 1];
        for (int i = 0; i < intervals.length; i++) {
            intervals[i] = times[i + 1] - times[i];
        }
        double[] sizes = pair.stream()
                .mapToDouble(flow ->
                        flow.source().bytes() == null ? 0 : flow.source().bytes())
                .toArray();
        return (evenness(intervals) + evenness(sizes) + histogram(pair, fromMs, toMs) + duration(pair, fromMs, toMs))
                / 4;
    }

    /** The mean of a score by Bowley's skewness and of one by the median of deviations. */
    private static double evenness(double[] values) {
        Arrays.sort(values);
        double lower = quantile(values, 0.25);
        double median = quantile(values, 0.5);
        double upper = quantile(values, 0.75);
        double iqr = upper - lower;
        double skew = iqr < LEAST_IQR || median == lower || median == upper ? 0 : (upper + lower - 2 * median) / iqr;
        double[] deviations = Arrays.stream(values)
                .map(value -> Math.abs(value - median))
                .sorted()
                .toArray();
        double spread = quantile(deviations, 0.5);
        double even = median <= 0 ? 0 : Math.max(0, (median - spread) / median);
        return (1 - Math.abs(skew) + even) / 2;
    }

    private static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    private static long[] bins(List<Flow> pair, long fromMs, long toMs) {
        long[] bins = new long[BINS];
        for (Flow flow : pair) {
            bins[(int) Math.min(BINS - 1, (flow.startMs() - fromMs) * BINS / Math.max(1, toMs - fromMs))]++;
        }
        return bins;
    }

    /** One less the coefficient of variation, or the share of bars of the two commonest heights, if that is more. */
    private static double histogram(List<Flow> pair, long fromMs, long toMs) {
        long[] bins = bins(pair, fromMs, toMs);
        double mean = Arrays.stream(bins).average().orElse(0);
        double variance = Arrays.stream(bins)
                .mapToDouble(bin -> (bin - mean) * (bin - mean))
                .average()
                .orElse(0);
        double even = mean == 0 ? 0 : Math.max(0, 1 - Math.sqrt(variance) / mean);
        long bars = Arrays.stream(bins).filter(bin -> bin > 0).count();
        if (bars < LEAST_BARS) {
            return even;
        }
        double step = Math.max(1, Arrays.stream(bins).max().orElse(1) * 0.05);
        Map<Long, Integer> heights = new HashMap<>();
        Arrays.stream(bins).filter(bin -> bin > 0).forEach(bin -> heights.merge((long) (bin / step), 1, Integer::sum));
        int two = heights.values().stream()
                .sorted((a, b) -> b - a)
                .limit(2)
                .mapToInt(Integer::intValue)
                .sum();
        return Math.max(even, Math.min(1, two / Math.max(1.0, bars - 1)));
    }

    /**
     * The share of the data set that the connections span, or their longest run of hours in twelve, if that is more.
     */
    private static double duration(List<Flow> pair, long fromMs, long toMs) {
        long first = pair.stream().mapToLong(Flow::startMs).min().orElse(0);
        long last = pair.stream().mapToLong(Flow::startMs).max().orElse(0);
        double coverage = (double) (last - first) / Math.max(1, toMs - fromMs);
        int run = 0;
        int longest = 0;
        for (long bin : bins(pair, fromMs, toMs)) {
            run = bin > 0 ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return Math.min(1, Math.max(coverage, longest / 12.0));
    }
}
