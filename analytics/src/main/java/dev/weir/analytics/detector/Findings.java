package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Flow;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Builds findings from the activities that they rest on. */
public final class Findings {
    private final String detector;
    private final Activity first;
    private long firstSeenMs;
    private long lastSeenMs;
    private long count;
    private int sampling;
    private Entity source;
    private Entity destination;
    private final TreeSet<Integer> ports = new TreeSet<>();
    private final List<Flow> flows = new ArrayList<>();
    private final Map<String, Double> observed = new TreeMap<>();
    private final Map<String, Double> expected = new TreeMap<>();
    private List<String> techniques = List.of();
    private String subject = "";
    private String category = "";
    private Severity severity = Severity.LOW;
    private double confidence;
    private String title = "";
    private String summary = "";

    private Findings(String detector, Activity first) {
        this.detector = detector;
        this.first = first;
        this.firstSeenMs = first.firstSeenMs();
        this.lastSeenMs = first.lastSeenMs();
        this.source = first.source();
        this.destination = first.destination();
        rest(first);
    }

    /** A finding that rests on one activity. */
    public static Findings of(Detector<?> detector, Activity activity) {
        return new Findings(detector.id(), activity);
    }

    /** A finding that rests on several activities of one source, at least one. */
    public static Findings of(Detector<?> detector, Collection<Activity> activities) {
        List<Activity> all = List.copyOf(activities);
        Findings findings = new Findings(detector.id(), all.get(0));
        all.subList(1, all.size()).forEach(findings::add);
        return findings;
    }

    private void add(Activity activity) {
        firstSeenMs = Math.min(firstSeenMs, activity.firstSeenMs());
        lastSeenMs = Math.max(lastSeenMs, activity.lastSeenMs());
        source = source.common(activity.source());
        destination = destination.common(activity.destination());
        rest(activity);
    }

    private void rest(Activity activity) {
        count += activity.connections();
        sampling = Math.max(sampling, activity.sampling());
        if (activity.port() != null) {
            ports.add(activity.port());
        }
        for (Flow flow : activity.samples()) {
            if (flows.size() < Evidence.MAX_FLOWS) {
                flows.add(flow);
            }
        }
    }

    public Findings subject(String value) {
        subject = value;
        return this;
    }

    public Findings category(String value) {
        category = value;
        return this;
    }

    public Findings severity(Severity value) {
        severity = value;
        return this;
    }

    public Findings confidence(double value) {
        confidence = Math.round(value * 100) / 100.0;
        return this;
    }

    public Findings title(String value) {
        title = value;
        return this;
    }

    public Findings summary(String value) {
        summary = value;
        return this;
    }

    public Findings techniques(String... values) {
        techniques = List.of(values);
        return this;
    }

    /** Begins earlier than the activities: for what was remembered from slices before. */
    public Findings since(long ms) {
        firstSeenMs = Math.min(firstSeenMs, ms);
        return this;
    }

    /** Further destination ports, remembered from slices before. */
    public Findings ports(Collection<Integer> more) {
        ports.addAll(more);
        return this;
    }

    public Findings observed(String name, double value) {
        observed.put(name, value);
        return this;
    }

    public Findings expected(String name, double value) {
        expected.put(name, value);
        return this;
    }

    public Finding build() {
        List<String> caveats = sampling > 1 ? List.of("sampled 1:" + sampling) : List.of();
        @Nullable String cluster = first.cluster();
        return new Finding(
                detector,
                subject,
                category,
                severity,
                confidence,
                title,
                summary,
                firstSeenMs,
                lastSeenMs,
                count,
                source,
                destination,
                List.copyOf(ports),
                first.protocol(),
                cluster,
                techniques,
                new Evidence(observed, expected, List.copyOf(flows), caveats),
                null);
    }
}
