package dev.weir.analytics.detector.threatlist;

import dev.weir.analytics.detector.Threats;
import dev.weir.common.Millis;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threat lists in files. Once a minute of event time the files are checked for changes. If a list cannot be read, the
 * lists before stay in force. For one thread.
 */
public final class ThreatFiles implements Threats {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ThreatFiles.class);
    private static final long LOOK_MS = Millis.MINUTE;

    private final List<String> files;
    private transient @Nullable Feed feed;
    private transient @Nullable Map<String, Long> readAt;
    private transient long lookedMs;

    public ThreatFiles(ThreatListConfig config) {
        this.files = List.copyOf(config.files());
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    @Override
    public boolean isListed(Activity activity) {
        if (isEmpty()) {
            return false;
        }
        Feed lists = at(activity.sliceMs());
        return ofPeer(lists, activity.destination(), activity.sliceMs()) != null
                || ofPeer(lists, activity.source(), activity.sliceMs()) != null
                || activity.dns().stream().anyMatch(asked -> lists.ofName(asked.domain(), activity.sliceMs()) != null);
    }

    /** The list that a peer outside is on; null for none. */
    static @Nullable String ofPeer(Feed lists, Entity peer, long ms) {
        // Lists of networks that must not occur outside hold private networks too.
        String ip = peer.isExternal() ? peer.ip() : null;
        String list = ip == null ? null : lists.ofAddress(ip, ms);
        if (list == null && peer.names() != null) {
            for (String name : peer.names()) {
                list = list == null ? lists.ofName(name, ms) : list;
            }
        }
        return list;
    }

    /** The entries of the files as of a time. */
    Feed at(long nowMs) {
        Feed known = feed;
        if (known != null && nowMs - lookedMs < LOOK_MS) {
            return known;
        }
        lookedMs = nowMs;
        Map<String, Long> changed = new HashMap<>();
        for (String file : files) {
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
        for (String file : files) {
            try {
                int bad = FeedReader.read(Path.of(file), next);
                LOG.info("threat list {}: {} entries in all so far, {} lines without an entry", file, next.size(), bad);
            } catch (IOException e) {
                LOG.warn("threat list {} cannot be read, so the lists before stay in force: {}", file, e.getMessage());
                if (before != null) {
                    return before;
                }
            }
        }
        return next;
    }
}
