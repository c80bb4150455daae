package dev.weir.analytics.detector.threatlist;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Scope;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Step;
import dev.weir.analytics.detector.Tried;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contact with a peer that is on a list (ATT&amp;CK T1071 going out, T1190 coming in), or a question for a domain that is. The
 * lists are files; whether they have changed is looked up once a minute of event time. A list that cannot be read leaves the
 * one before in force.
 */
public final class ThreatList extends AbstractDetector<Tried.Members> {
    public static final String ID = "threat-list";

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ThreatList.class);
    private static final long LOOK_MS = 60_000;

    private final ThreatListConfig config;
    private transient @Nullable Feed feed;
    private transient @Nullable Map<String, Long> readAt;
    private transient long lookedMs;

    public ThreatList(ThreatListConfig config) {
        super(ID, Scope.SOURCE, Tried.Members.class, Duration.ofHours(1));
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return !config.files().isEmpty();
    }

    @Override
    public Step<Tried.Members> step(Tried.@Nullable Members state, Slice slice) {
        if (config.files().isEmpty()) {
            return Step.nothing();
        }
        Feed lists = feed(slice.startMs());
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            String list = ofPeer(lists, activity.destination(), slice.startMs());
            if (list != null) {
                findings.add(outgoing(activity, activity.destination().display(), list));
            }
            for (DnsQueries asked : activity.dns()) {
                String ofDomain = lists.ofName(asked.domain(), slice.startMs());
                if (ofDomain != null) {
                    findings.add(outgoing(activity, asked.domain(), ofDomain));
                }
            }
            String ofSource = ofPeer(lists, activity.source(), slice.startMs());
            if (ofSource != null) {
                findings.add(incoming(activity, ofSource));
            }
        }
        return new Step<>(null, findings, null, null);
    }

    private static @Nullable String ofPeer(Feed lists, Entity peer, long ms) {
        // Lists of what must not come from outside hold private networks too.
        String ip = peer.isExternal() ? peer.ip() : null;
        String list = ip == null ? null : lists.ofAddress(ip, ms);
        if (list == null && peer.names() != null) {
            for (String name : peer.names()) {
                list = list == null ? lists.ofName(name, ms) : list;
            }
        }
        return list;
    }

    private Feed feed(long nowMs) {
        Feed known = feed;
        if (known != null && nowMs - lookedMs < LOOK_MS) {
            return known;
        }
        lookedMs = nowMs;
        Map<String, Long> changed = new HashMap<>();
        for (String file : config.files()) {
            changed.put(file, modified(file));
        }
        if (known == null || !changed.equals(readAt)) {
            known = read(known);
            readAt = changed;
            feed = known;
        }
        return known;
    }

    private static long modified(String file) {
        try {
            return Files.getLastModifiedTime(Path.of(file)).toMillis();
        } catch (IOException notThere) {
            return 0;
        }
    }

    private Feed read(@Nullable Feed before) {
        Feed next = new Feed();
        for (String file : config.files()) {
            try {
                int bad = FeedReader.read(Path.of(file), next);
                LOG.info("threat list {}: {} entries in all so far, {} lines without any", file, next.size(), bad);
            } catch (IOException e) {
                LOG.warn("threat list {} cannot be read: {}", file, e.getMessage());
                if (before != null) {
                    return before;
                }
            }
        }
        return next;
    }

    private Finding outgoing(Activity activity, String whom, String list) {
        String who = activity.source().display();
        boolean reached = activity.established() > 0;
        return Findings.of(this, activity)
                .subject(whom)
                .category("command-and-control")
                .impact(Severity.CRITICAL)
                .confidence(reached ? 0.85 : 0.6)
                .title(who + " contacts " + whom + ", which is on a threat list")
                .summary(who + (reached ? " reached " : " tried to reach ") + whom + ", which is on " + list + ".")
                .techniques("T1071")
                .observed("connections", activity.connections())
                .expected("connections", 0)
                .build();
    }

    private Finding incoming(Activity activity, String list) {
        String who = activity.source().display();
        String whom = activity.destination().display();
        boolean reached = activity.established() > 0;
        return Findings.of(this, activity)
                .subject(activity.destination().key())
                .category("initial-access")
                .impact(Severity.HIGH)
                .confidence(reached ? 0.75 : 0.4)
                .title(who + ", which is on a threat list, contacts " + whom)
                .summary(who + " is on " + list + " and " + (reached ? "was answered by " : "tried ") + whom + ".")
                .techniques("T1190")
                .observed("connections", activity.connections())
                .expected("connections", 0)
                .build();
    }
}
