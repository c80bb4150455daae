package dev.weir.analytics.detector.beaconing;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Weighing;
import dev.weir.common.Millis;
import dev.weir.model.Activity;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.ProtocolPort;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports regular contact to an address outside, or to one inside at a port that is new (ATT&amp;CK T1071, T1571).
 * Regularity is half of the score ({@link Rhythm}). Programs that report, poll and scrape are as regular as any beacon,
 * so the other half must come from something else: an unusual port outside, a peer that often does not answer and is
 * tried on and on, or a peer that the workload did without for as long as it is known. A peer that never answered is
 * judged by the tries alone ({@link UnansweredAttempts}): the server of a beacon is often gone before the beacon is.
 */
public final class Beaconing extends AbstractDetector<Contacts> {
    public static final DetectorType<BeaconingConfig> TYPE = DetectorType.of(
                    new DetectorInfo(
                            "beaconing",
                            "command-and-control",
                            Severity.HIGH,
                            List.of("T1071", "T1571"),
                            Set.of(LateralRole.MOVING),
                            Weighing.PEER),
                    BeaconingConfig.class,
                    Beaconing::new)
            .learningInRecordings();

    private static final long serialVersionUID = 1L;

    /** The name of the value in the evidence that holds the number of attempts without an answer. */
    private static final String ATTEMPTS = "attempts";

    private static final double ODD_PORT = 0.25;
    private static final double UNANSWERED = 0.25;
    private static final double NEW_PEER = 0.35;
    private static final double OFTEN_UNANSWERED = 0.3;
    /** The least regularity of a contact inside, of 1. */
    private static final double REGULAR_INSIDE = 0.75;

    private static final int NTP = 123;

    /** The ratio of the sizes of a question and its answer that are not alike. */
    private static final double UNEVEN = 1.5;

    /** The most peers inside at one port of which a contact is judged. */
    private static final int MOST_ALIKE = 2;

    private static final Duration MEMORY = Duration.ofHours(24);

    private final BeaconingConfig config;

    public Beaconing(BeaconingConfig config) {
        super(TYPE, DetectorScope.SOURCE, Contacts.class, MEMORY);
        this.config = config;
    }

    /** True for a finding about attempts that had no answer. */
    public static boolean isUnanswered(Finding finding) {
        return finding.detector().equals(TYPE.id())
                && finding.evidence().observed().containsKey(ATTEMPTS);
    }

    @Override
    public DetectorResult<Contacts> step(@Nullable Contacts state, Slice slice) {
        Contacts contacts = (state == null ? Contacts.since(slice.startMs()) : state).copy(slice.startMs());
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            Integer port = activity.port();
            if (port == null) {
                continue;
            }
            boolean isOutside = activity.outside().isDestination();
            boolean isIgnored = config.ignoredPorts().contains(port);
            boolean isDisguised = isIgnored && isOutside && isUnlikeTime(activity, port);
            String service = "|" + activity.protocol() + "|" + port;
            String key = activity.destination().key() + service;
            if (isIgnored && !isDisguised && !contacts.peers().containsKey(key)) {
                continue;
            }
            if (!isOutside && !isNewInside(contacts, activity, port, slice.startMs())) {
                continue;
            }
            List<Long> starts = activity.startsMs().stream()
                    .map(offset -> activity.firstSeenMs() + offset)
                    .toList();
            Long sent = activity.bytesSent();
            Contacts.Contact now = contacts.peer(key, activity.firstSeenMs())
                    .with(
                            starts,
                            activity.connections(),
                            activity.failed(),
                            sent == null ? 0 : sent / activity.connections());
            contacts.peers().put(key, now);
            Finding finding = isOutside
                    ? judged(activity, key, port, now, contacts.sinceMs())
                    : inside(activity, key, port, now, contacts.alike(service));
            if (finding != null && isIgnored == isDisguised) {
                findings.add(finding);
            }
        }
        return new DetectorResult<>(contacts, findings);
    }

    /**
     * True for datagrams at the port of time servers that are none of NTP, in which an answer is as large as the
     * question (RFC 5905, and RFC 8915 with keys).
     */
    private static boolean isUnlikeTime(Activity activity, int port) {
        return port == NTP
                && activity.protocol().equals("UDP")
                && activity.samples().stream().anyMatch(Beaconing::isUneven);
    }

    private static boolean isUneven(Flow flow) {
        double asked = size(flow.source());
        double answered = size(flow.destination());
        return asked > 0 && answered > 0 && Math.max(asked, answered) >= UNEVEN * Math.min(asked, answered);
    }

    /** The bytes of a packet on average; 0 without any. */
    private static double size(Endpoint end) {
        Long bytes = end.bytes();
        Long packets = end.packets();
        return bytes == null || packets == null || packets == 0 ? 0 : bytes / (double) packets;
    }

    /**
     * True if a contact inside is judged: at a port that the source did without while it was learned. Probes, scrapes
     * and polls of a program are at the ports that it has always used, while their peers come and go.
     */
    private boolean isNewInside(Contacts contacts, Activity activity, int port, long nowMs) {
        return !activity.outside().isSource()
                && !activity.isToGroup()
                && port < ProtocolPort.FIRST_EPHEMERAL
                && contacts.isNewInside(port, nowMs, config.learn().toMillis());
    }

    /**
     * Judges contact inside, where ports and addresses are little evidence: only a rhythm that is nearly perfect
     * counts, and only of a source that has it with hardly any other peer at the port. Attempts without an answer count
     * where no workload, node or Service has the address; otherwise a service is down.
     */
    private @Nullable Finding inside(Activity activity, String key, int port, Contacts.Contact contact, long alike) {
        if (alike > MOST_ALIKE || contact.connections() < config.connections()) {
            return null;
        }
        if (contact.failed() == contact.connections()) {
            return activity.destination().isAddress() ? unanswered(activity, key, port, contact) : null;
        }
        Rhythm rhythm = Rhythm.of(contact, activity.lastSeenMs());
        if (!isLong(activity, contact) || rhythm.score() < REGULAR_INSIDE) {
            return null;
        }
        double score = 0.5 + (rhythm.score() - REGULAR_INSIDE) / (1 - REGULAR_INSIDE) / 4;
        String others = alike == 1 ? "no other peer" : "one other peer";
        return finding(
                activity,
                key,
                contact,
                rhythm,
                score,
                List.of("the port is new to it, and it has contact with " + others + " there"));
    }

    private boolean isLong(Activity activity, Contacts.Contact contact) {
        return activity.lastSeenMs() - contact.firstMs() >= config.span().toMillis()
                || UnansweredAttempts.of(contact).isEven();
    }

    private @Nullable Finding judged(Activity activity, String key, int port, Contacts.Contact contact, long sinceMs) {
        if (contact.failed() == contact.connections()) {
            return unanswered(activity, key, port, contact);
        }
        if (contact.connections() < config.connections() || !isLong(activity, contact)) {
            return null;
        }
        Rhythm rhythm = Rhythm.of(contact, activity.lastSeenMs());
        if (rhythm.score() < config.regularity()) {
            return null;
        }
        double unanswered = contact.failed() / (double) contact.connections();
        List<String> against = new ArrayList<>();
        double score = rhythm.score() / 2;
        if (!config.usualPorts().contains(port)) {
            score += ODD_PORT;
            against.add("port " + port + " is not one that programs usually use outside");
        }
        if (unanswered >= OFTEN_UNANSWERED) {
            score += UNANSWERED;
            against.add(Math.round(unanswered * 100) + " % of its connections came to nothing");
        }
        if (contact.firstMs() - sinceMs >= config.learn().toMillis()) {
            score += NEW_PEER;
            against.add("the workload did without it for " + (contact.firstMs() - sinceMs) / Millis.HOUR + " hours");
        }
        return score < config.score() ? null : finding(activity, key, contact, rhythm, score, against);
    }

    /**
     * Judges attempts that had no answer. There is no least time: what counts is how many intervals there are and how
     * much likelier they are of an even schedule than of chance. A client that backs off is no beacon, and tries by the
     * second are a flood.
     */
    private @Nullable Finding unanswered(Activity activity, String key, int port, Contacts.Contact contact) {
        UnansweredAttempts attempts = UnansweredAttempts.of(contact);
        if (contact.connections() < config.unanswered() || !attempts.isEven() || attempts.backsOff()) {
            return null;
        }
        boolean isOdd = !config.usualPorts().contains(port);
        double many = Math.min(1, (contact.connections() - config.unanswered()) / (4.0 * config.unanswered()));
        String sourceName = activity.source().display();
        String destinationName = activity.destination().display();
        return Findings.of(this, activity)
                .subject(key)
                .confidence((isOdd ? 0.7 : 0.6) + 0.15 * many)
                .title(sourceName + " keeps trying to reach " + destinationName + " without an answer")
                .summary(String.format(
                        Locale.ROOT,
                        "%s tried port %d of %s %d times since it was first seen, about every %d seconds, and never had an"
                                + " answer; the intervals are e^%.0f times as likely of a schedule as of chance.",
                        sourceName,
                        port,
                        destinationName,
                        contact.connections(),
                        Math.round(attempts.medianMs() / 1000),
                        attempts.evidence()))
                .since(contact.firstMs())
                .observed(ATTEMPTS, contact.connections())
                .observed("interval_s", rounded(attempts.medianMs() / 1000))
                .observed("log_likelihood_ratio", rounded(attempts.evidence()))
                .expected("attempts_below", config.unanswered())
                .expected("log_likelihood_ratio_below", UnansweredAttempts.EVIDENCE)
                .build();
    }

    private Finding finding(
            Activity activity,
            String key,
            Contacts.Contact contact,
            Rhythm rhythm,
            double score,
            List<String> against) {
        String sourceName = activity.source().display();
        String destinationName = activity.destination().display();
        return Findings.of(this, activity)
                .subject(key)
                .confidence(Math.min(0.95, score))
                .title(sourceName + " contacts " + destinationName + " at regular intervals")
                .summary(String.format(
                        Locale.ROOT,
                        "%s made %d connections to %s port %d since it was first seen, of a regularity of %.2f; %s.",
                        sourceName,
                        contact.connections(),
                        destinationName,
                        activity.port(),
                        rhythm.score(),
                        String.join("; ", against)))
                .since(contact.firstMs())
                .observed("score", rounded(score))
                .observed("regularity", rounded(rhythm.score()))
                .observed("intervals_alike", rounded(rhythm.time()))
                .observed("sizes_alike", rounded(rhythm.size()))
                .observed("evenness", rounded(rhythm.evenness()))
                .observed("coverage", rounded(rhythm.coverage()))
                .expected("score_below", config.score())
                .build();
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
