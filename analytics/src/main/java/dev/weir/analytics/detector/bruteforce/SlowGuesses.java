package dev.weir.analytics.detector.bruteforce;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Exchanges;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Spread;
import dev.weir.model.Activity;
import dev.weir.model.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports guessing of passwords by few or slow connections, of SSH and of databases that answer a login with a
 * challenge: a careful client waits, and an SSH server lets it guess several times in one connection. Each connection
 * that ends with a failed login has the size of the key exchange, or of the challenge, and hardly more, unlike sessions
 * in which something is done; those of SSH are all of one size. The server is watched, so that a client without a past
 * counts too; a client that connects so all day, such as one that polls a repository, is compared with its own usual
 * rate.
 */
final class SlowGuesses extends AbstractDetector<SlowGuesses.State> {
    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofHours(24);
    private static final Set<Integer> SSH = Set.of(22, 2222);

    /** Databases that refuse a login after a challenge: MySQL and PostgreSQL. */
    private static final Set<Integer> WITH_CHALLENGE = Set.of(3306, 5432);

    /** The least bytes that an SSH server sends in a key exchange. */
    private static final long KEY_EXCHANGE = 1_500;

    /** The least bytes that an SSH client sends in a key exchange and a login. */
    private static final long CLIENT_KEY_EXCHANGE = 1_000;

    /** The resolution of the window, in steps. */
    private static final int STEPS = 10;

    /** The ratio of the largest to the smallest size that count as one. */
    private static final double ALIKE = 1.25;

    private final BruteForceConfig config;

    SlowGuesses(BruteForceConfig config) {
        super(BruteForce.TYPE, DetectorScope.DESTINATION, State.class, MEMORY);
        this.config = config;
    }

    /**
     * The short connections to one server.
     *
     * @param sinceMs the time since which the server is known
     * @param bySize by client, port and, of SSH, size
     */
    public record State(long sinceMs, Rates bySize) {}

    @Override
    public boolean concerns(Activity activity) {
        Integer port = activity.port();
        if (port == null || !isSsh(activity) && !WITH_CHALLENGE.contains(port)) {
            return false;
        }
        Long most = config.services().get(port);
        Long received = activity.bytesReceived();
        if (most == null || received == null || !Exchanges.isExchange(activity)) {
            return false;
        }
        long each = received / activity.established();
        return each <= most && (!isSsh(activity) || each >= KEY_EXCHANGE && exchangesKeys(activity));
    }

    /** True if the client sent as much as a key exchange takes; a probe reads what the server sends first. */
    private static boolean exchangesKeys(Activity activity) {
        Long sent = activity.bytesSent();
        return sent == null || sent / activity.established() >= CLIENT_KEY_EXCHANGE;
    }

    /** The number of connections that make a finding: fewer of SSH, each of which may hold several guesses. */
    private int least(Activity activity) {
        return isSsh(activity) ? config.slowAttempts() : config.attempts();
    }

    private static boolean isSsh(Activity activity) {
        Integer port = activity.port();
        return port != null && SSH.contains(port);
    }

    @Override
    public DetectorResult<State> step(@Nullable State state, Slice slice) {
        State before = state == null ? new State(slice.beganMs(), Rates.nothing()) : state;
        List<Activity> logins =
                slice.activities().stream().filter(this::concerns).toList();
        if (logins.isEmpty()) {
            return new DetectorResult<>(before, List.of());
        }
        long windowMs = config.slowWindow().toMillis();
        Rates rates = before.bySize().at(slice.endMs(), windowMs);
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : logins) {
            String key =
                    activity.source().key() + "|" + activity.port() + "|" + (isSsh(activity) ? size(activity) : "");
            Spread logged = Spread.counted(activity, activity.established(), Span::established);
            Rates.Edge now = rates.add(key, slice.startMs(), logged, windowMs, windowMs / STEPS);
            boolean isKnown = now.sinceMs() - before.sinceMs() >= windowMs;
            if (isKnown && now.count() >= now.threshold(least(activity), config.timesUsual())) {
                rates.report(key, slice.endMs());
                findings.add(finding(activity, now));
            }
        }
        return new DetectorResult<>(new State(before.sinceMs(), rates), findings);
    }

    /** The class of sizes that a connection of the activity belongs to. */
    private static long size(Activity activity) {
        Long received = activity.bytesReceived();
        double each = received == null ? 1 : received / (double) activity.established();
        return Math.round(Math.log(each) / Math.log(ALIKE));
    }

    private Finding finding(Activity activity, Rates.Edge now) {
        String sourceName = activity.source().display();
        String where = activity.destination().display() + " port " + activity.port();
        double threshold = now.threshold(least(activity), config.timesUsual());
        double over = Math.min(1, (now.count() - threshold) / (3 * threshold));
        return Findings.of(this, activity)
                .subject(BruteForce.edge(activity))
                .confidence(0.6 + 0.25 * over)
                .title(sourceName + " tries logins at " + where)
                .summary(sourceName + " made " + now.count()
                        + (isSsh(activity) ? " connections of one size to " : " short connections to ") + where
                        + " within "
                        + config.slowWindow().toMinutes() + " minutes, each hardly more than a refused login;"
                        + " usual for the two are " + Math.round(now.usual()) + ", and " + Math.round(threshold)
                        + " make a finding.")
                .since(now.sinceMs())
                .observed("attempts", now.count())
                .expected("attempts_below", threshold)
                .expected("attempts_usual", now.usual())
                .build();
    }
}
