package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import dev.weir.analytics.FindingBuilder;
import dev.weir.analytics.Visibility;
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

/** Builds a finding from the activities that it rests on. */
public final class Findings {
    private final String detector;
    private final @Nullable String cluster;
    private @Nullable String protocol;
    private long firstSeenMs;
    private long lastSeenMs;
    private long count;
    private Visibility visibility = Visibility.FULL;
    private Entity source;
    private Entity destination;
    private final TreeSet<Integer> ports = new TreeSet<>();
    private final List<Flow> flows = new ArrayList<>();
    private final Map<String, Double> observed = new TreeMap<>();
    private final Map<String, Double> expected = new TreeMap<>();
    private final TreeSet<String> caveats = new TreeSet<>();
    private List<String> techniques;
    private String subject = "";
    private String category;
    private Severity impact;
    private double confidence;
    private String title = "";
    private String summary = "";

    private Findings(
            DetectorInfo detector,
            @Nullable String cluster,
            Entity source,
            Entity destination,
            long firstMs,
            long lastMs) {
        this.detector = detector.id();
        this.category = detector.category();
        this.impact = detector.impact();
        this.techniques = detector.techniques();
        this.cluster = cluster;
        this.source = source;
        this.destination = destination;
        this.firstSeenMs = firstMs;
        this.lastSeenMs = lastMs;
    }

    /** Begins a finding that rests on the detector's state and not on activities of this slice. */
    public static Findings about(
            Detector<?> detector, Entity source, @Nullable String cluster, long firstMs, long lastMs) {
        return new Findings(detector.info(), cluster, source, Entity.unnamed(), firstMs, lastMs);
    }

    /** Begins a finding that rests on one activity. */
    public static Findings of(Detector<?> detector, Activity activity) {
        Findings findings = new Findings(
                detector.info(),
                activity.cluster(),
                activity.source(),
                activity.destination(),
                activity.firstSeenMs(),
                activity.lastSeenMs());
        findings.protocol = activity.protocol();
        findings.rest(activity);
        return findings;
    }

    /** Begins a finding that rests on several activities of one source, at least one. */
    public static Findings of(Detector<?> detector, Collection<Activity> activities) {
        List<Activity> all = List.copyOf(activities);
        Findings findings = of(detector, all.get(0));
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
        visibility = visibility.worst(Visibility.of(activity));
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

    /** Replaces the category that the detector declares. */
    public Findings category(String value) {
        category = value;
        return this;
    }

    /** Replaces the severity that the detector declares for a finding that is certain. */
    public Findings impact(Severity value) {
        impact = value;
        return this;
    }

    public Findings destination(Entity value) {
        destination = value;
        return this;
    }

    public Findings source(Entity value) {
        source = value;
        return this;
    }

    /** Replaces the count of the activities' connections. */
    public Findings count(long value) {
        count = value;
        return this;
    }

    /** Lowers the visibility to that of the traffic that the detector's state rests on. */
    public Findings seen(Visibility value) {
        visibility = visibility.worst(value);
        return this;
    }

    /** Adds a sentence about a weakness of the evidence. */
    public Findings caveat(String value) {
        caveats.add(value);
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

    /** Lets the finding begin before the activities, for traffic that is remembered from earlier slices. */
    public Findings since(long ms) {
        firstSeenMs = Math.min(firstSeenMs, ms);
        return this;
    }

    /** Adds destination ports that are remembered from earlier slices. */
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
        caveats.addAll(visibility.caveats());
        if (Flow.isAmbiguous(cluster)) {
            caveats.add("the flows name no cluster, and their addresses are in several");
        }
        confidence(visibility.lowered(confidence));
        return new FindingBuilder(detector)
                .subject(subject)
                .category(category)
                .severity(Severity.of(impact, confidence))
                .confidence(confidence)
                .title(title)
                .summary(summary)
                .firstSeenMs(firstSeenMs)
                .lastSeenMs(lastSeenMs)
                .count(count)
                .source(source)
                .destination(destination)
                .ports(List.copyOf(ports))
                .protocol(protocol)
                .cluster(cluster)
                .techniques(techniques)
                .evidence(new Evidence(observed, expected, List.copyOf(flows), List.copyOf(caveats)))
                .build();
    }
}
