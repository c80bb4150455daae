package dev.weir.analytics.detector.slowscan;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Visibility;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Eviction;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.Pings;
import dev.weir.analytics.detector.Slice;
import dev.weir.common.Ip;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reports a scan that takes its time (ATT&amp;CK T1046, T1595): a source that does not know the hosts of a network
 * meets failure again and again. It is the sequential test of Jung, Paxson, Berger and Balakrishnan, "Fast Portscan
 * Detection Using Sequential Hypothesis Testing" (2004), on first contacts: each failure makes a scanner more likely
 * and each success less. As in Page's test of 1954 the score never falls below 0, for a host may turn scanner at any
 * time. A contact counts as failed only when the destination has not answered for a while: a service that is being
 * started is tried until it is there.
 */
public final class SlowScan extends AbstractDetector<FirstContacts> {
    public static final DetectorType<SlowScanConfig> TYPE = DetectorType.of(
            new DetectorInfo(
                    "slow-scan", "discovery", Severity.HIGH, List.of("T1046", "T1595"), Set.of(LateralRole.MOVING)),
            SlowScanConfig.class,
            SlowScan::new);

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofDays(2);
    private static final int MAX_MET = 2_000;
    private static final int MAX_OPEN = 500;
    private static final int MAX_NAMED = 5;
    private static final double ROUNDING = 1e-9;

    private final SlowScanConfig config;
    private final double failure;
    private final double success;
    private final double limit;

    public SlowScan(SlowScanConfig config) {
        super(TYPE, DetectorScope.SOURCE, FirstContacts.class, MEMORY);
        this.config = config;
        this.failure = Math.log((1 - config.scannerSuccess()) / (1 - config.benignSuccess()));
        this.success = Math.log(config.scannerSuccess() / config.benignSuccess());
        this.limit = Math.log(config.detection() / config.falseAlarms());
    }

    @Override
    public DetectorResult<FirstContacts> step(@Nullable FirstContacts state, Slice slice) {
        FirstContacts before = state == null ? FirstContacts.none() : state;
        Map<String, Boolean> contacts = contacts(slice, before);
        long due = slice.endMs() - config.patience().toMillis();
        boolean isAnyDue = before.open().values().stream().anyMatch(since -> since <= due);
        if (contacts.isEmpty() && !isAnyDue) {
            return new DetectorResult<>(before, List.of());
        }
        return judged(before, contacts, due, slice);
    }

    /** True by destination if it answered; only destinations that are new or have not answered yet. */
    private Map<String, Boolean> contacts(Slice slice, FirstContacts before) {
        Map<String, Boolean> contacts = new TreeMap<>();
        for (Activity activity : slice.activities()) {
            String destination = activity.destination().key();
            boolean hasResult = activity.established() > 0 || activity.failed() > 0;
            boolean isFirst =
                    before.open().containsKey(destination) || !before.met().containsKey(destination);
            if (hasResult && isFirst && isMeaningful(activity)) {
                contacts.merge(destination, activity.established() > 0, Boolean::logicalOr);
            }
        }
        return contacts;
    }

    private boolean isMeaningful(Activity activity) {
        Integer port = activity.port();
        String ip = activity.destination().ip();
        if (ip != null && (Ip.isMulticast(ip) || ip.endsWith(".255"))) {
            return false;
        }
        if (Pings.isPing(activity)) {
            // Most machines of the internet do not answer pings.
            return !activity.outside().isDestination();
        }
        if (port == null) {
            return false;
        }
        return activity.protocol().equals("TCP")
                || (activity.protocol().equals("UDP") && !config.ignoredPorts().contains(port));
    }

    private DetectorResult<FirstContacts> judged(
            FirstContacts before, Map<String, Boolean> contacts, long due, Slice slice) {
        Map<String, Long> met = new HashMap<>(before.met());
        Map<String, Long> open = new TreeMap<>(before.open());
        double score = before.score();
        contacts.forEach((destination, answered) -> {
            Eviction.makeRoom(met, destination, MAX_MET, since -> since);
            if (met.putIfAbsent(destination, slice.startMs()) == null || open.containsKey(destination)) {
                Eviction.makeRoom(open, destination, MAX_OPEN, since -> since);
                open.merge(destination, answered ? Long.MAX_VALUE : slice.startMs(), (a, b) -> answered ? b : a);
            }
        });
        List<String> failed = new ArrayList<>(before.failed());
        long failures = before.failures();
        long failedMs = before.failedMs();
        boolean found = false;
        /**
         * The undecided contacts, failures first. So the score after a slice does not depend on names, and a success in
         * it makes up for a failure.
         */
        for (Map.Entry<String, Long> each : failuresFirst(open)) {
            boolean answered = each.getValue() == Long.MAX_VALUE;
            if (answered) {
                score = score + success < ROUNDING ? 0 : score + success;
            } else if (each.getValue() <= due) {
                score += failure;
                failures++;
                failed.add(each.getKey().substring(each.getKey().indexOf('/') + 1));
                failedMs = Math.min(failedMs, each.getValue());
                found |= score >= limit;
            } else {
                continue;
            }
            open.remove(each.getKey());
            if (score == 0) {
                failed.clear();
                failures = 0;
                failedMs = Long.MAX_VALUE;
            }
        }
        List<String> latest = new ArrayList<>(failed.subList(Math.max(0, failed.size() - MAX_NAMED), failed.size()));
        FirstContacts after = new FirstContacts(met, open, latest, failures, failedMs, Math.min(score, 2 * limit));
        return new DetectorResult<>(after, found ? List.of(finding(slice, after)) : List.of());
    }

    /** The undecided contacts, failures first, so that the score after a slice does not depend on names and a success in it makes
     * up for a failure. */
    private static List<Map.Entry<String, Long>> failuresFirst(Map<String, Long> open) {
        return open.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::copyOf)
                .toList();
    }

    private Finding finding(Slice slice, FirstContacts contacts) {
        Activity one = slice.activities().get(0);
        String sourceName = one.source().display();
        return Findings.about(this, one.source(), one.cluster(), contacts.failedMs(), slice.endMs() - 1)
                .destination(Entity.unnamed())
                .seen(Visibility.of(slice.activities()))
                .subject("")
                .count(1)
                .confidence(Math.min(0.95, 0.65 + 0.1 * contacts.score() / limit))
                .title(sourceName + " scans slowly for hosts")
                .summary(sourceName + " contacted " + contacts.failures()
                        + " destinations for the first time that did not"
                        + " answer, hardly any that did; the latest were " + String.join(", ", contacts.failed())
                        + ". That is " + Math.round(Math.exp(Math.min(30, contacts.score())))
                        + " times as likely of a scanner as of an ordinary source; "
                        + Math.round(Math.exp(limit)) + " times makes a finding.")
                .observed("first_contacts_failed", contacts.failures())
                .observed("log_likelihood_ratio", contacts.score())
                .expected("log_likelihood_ratio_below", limit)
                .build();
    }
}
