package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.common.Millis;
import dev.weir.model.Entity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Limits the alerts that findings begin in a day of event time, since senders of flows can forge addresses and claim
 * names without end. Of one source, each detector has {@value #MAX_OF_SOURCE} alerts; of all bare addresses, {@value
 * #MAX_ADDRESSES}; of all other sources, {@value #MAX_NAMES}. Findings beyond that share one alert that grows: of their
 * source while sources have room, else of several. Where a finding has no source, its destination counts as one.
 * Clusters beyond {@value #MAX_CLUSTERS} share the alerts of several. For one thread.
 */
final class FindingLimiter {
    static final int MAX_OF_SOURCE = 200;
    static final int MAX_ADDRESSES = 1_000;
    static final int MAX_NAMES = 5_000;
    static final int MAX_CLUSTERS = 100;

    private static final String OTHERS = "others";

    /** Stands in a written line in place of a fingerprint if the line names a cluster. */
    private static final String OF_CLUSTER = "cluster";

    private final Map<String, OfDetector> detectors = new HashMap<>();
    private long day = Long.MIN_VALUE;
    private long shared;

    private final int tasks;

    /**
     * Creates a limiter without alerts.
     *
     * @param tasks the number of limiters that have alerts of the same kind
     */
    FindingLimiter(int tasks) {
        this.tasks = tasks;
    }

    /** The alerts of one detector that began on the day. */
    private static final class OfDetector {
        /** The key of the actor by fingerprint; those of all tasks before a restart are among them. */
        private final Map<String, String> actors = new LinkedHashMap<>();

        private final Map<String, Integer> byActor = new HashMap<>();
        private final Set<String> clusters = new HashSet<>();
        private int addresses;
        private int names;

        private boolean hasRoom(boolean isAddress) {
            return isAddress ? addresses < MAX_ADDRESSES : names < MAX_NAMES;
        }

        private int of(String actor) {
            return byActor.getOrDefault(actor, 0);
        }

        private boolean add(String fingerprint, String actor) {
            if (actors.put(fingerprint, actor) != null) {
                return false;
            }
            byActor.merge(actor, 1, Integer::sum);
            return true;
        }

        private void count(String actor) {
            addresses += Entity.isKeyOfAddress(actor) ? 1 : 0;
            names += Entity.isKeyOfAddress(actor) ? 0 : 1;
        }
    }

    /** The finding, or its like that shares an alert with others. */
    Finding limited(Finding finding) {
        begin(Math.floorDiv(finding.lastSeenMs(), Millis.DAY));
        OfDetector known = detectors.computeIfAbsent(finding.detector(), detector -> new OfDetector());
        String cluster = finding.cluster() == null ? "" : finding.cluster();
        boolean hasCluster =
                known.clusters.contains(cluster) || known.clusters.size() < MAX_CLUSTERS && known.clusters.add(cluster);
        if (hasCluster && isNamed(finding, known, false)) {
            return finding;
        }
        shared++;
        if (!hasCluster) {
            return ofSeveral(finding, null).toBuilder().cluster(null).build();
        }
        Finding ofActor = ofSeveral(finding, actor(finding));
        return isNamed(ofActor, known, true) ? ofActor : ofSeveral(finding, null);
    }

    /** The source, or the destination of a finding about any source. */
    private static Entity actor(Finding finding) {
        boolean hasSource = !finding.source().key().equals(Entity.UNNAMED);
        return hasSource ? finding.source() : finding.destination();
    }

    /** Begins a day, unless it or a later one has begun. */
    private void begin(long today) {
        if (today > day) {
            detectors.clear();
            day = today;
        }
    }

    /**
     * True if the finding has an alert of its own, which may begin with it.
     *
     * @param isShared true for the alert that an actor's further findings share, one for each cluster
     */
    private static boolean isNamed(Finding finding, OfDetector known, boolean isShared) {
        String fingerprint = finding.fingerprint();
        if (known.actors.containsKey(fingerprint)) {
            return true;
        }
        String actor = actor(finding).key();
        boolean isInTurn = isShared || known.of(actor) < MAX_OF_SOURCE;
        if (!isInTurn || !known.hasRoom(Entity.isKeyOfAddress(actor))) {
            return false;
        }
        known.count(actor);
        return known.add(fingerprint, actor);
    }

    /**
     * The finding as a part of a shared alert.
     *
     * @param actor that the alert is about; null for several
     */
    private static Finding ofSeveral(Finding finding, @Nullable Entity actor) {
        boolean isOfSource = actor != null && actor.equals(finding.source());
        String whose = actor == null ? "several workloads or addresses" : actor.display();
        return finding.toBuilder()
                .subject(actor == null || isOfSource ? OTHERS : OTHERS + " of " + actor.key())
                .source(isOfSource ? finding.source() : Entity.unnamed())
                .destination(actor == null || isOfSource ? Entity.unnamed() : actor)
                .title("Further findings of " + finding.detector() + " about " + whose)
                .summary("More alerts of " + finding.detector()
                        + " began on this day than are kept one by one, so that further findings about " + whose
                        + " share this one. The latest: " + finding.title() + ".")
                .build();
    }

    /** The number of findings that were given to a shared alert. */
    long shared() {
        return shared;
    }

    /** Writes the alerts of the day and their clusters as text, one by one. */
    void write(Consumer<String> out) {
        detectors.forEach((detector, known) -> {
            known.actors.forEach((fingerprint, actor) -> out.accept(line(detector, fingerprint, actor)));
            known.clusters.forEach(cluster -> out.accept(line(detector, OF_CLUSTER, cluster)));
        });
    }

    private String line(String detector, String what, String name) {
        return String.join("|", Long.toString(day), detector, what, name);
    }

    /**
     * Reads what the limiters of all tasks wrote before a restart. An equal part of it counts for the limits of this
     * one.
     */
    void read(Iterable<String> written) {
        for (String each : written) {
            String[] parts = each.split("\\|", 4);
            long ofDay = Long.parseLong(parts[0]);
            begin(ofDay);
            if (ofDay == day) {
                OfDetector known = detectors.computeIfAbsent(parts[1], detector -> new OfDetector());
                boolean unused =
                        parts[2].equals(OF_CLUSTER) ? known.clusters.add(parts[3]) : known.add(parts[2], parts[3]);
            }
        }
        for (OfDetector known : detectors.values()) {
            known.actors.values().forEach(known::count);
            known.addresses /= tasks;
            known.names /= tasks;
        }
    }
}
