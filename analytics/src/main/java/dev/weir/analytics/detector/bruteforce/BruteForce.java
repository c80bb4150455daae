package dev.weir.analytics.detector.bruteforce;

import dev.weir.analytics.Distinct;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Exchanges;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.LateralRole;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Spread;
import dev.weir.model.Activity;
import dev.weir.model.HttpRequests;
import dev.weir.model.Severity;
import dev.weir.model.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports guessing of passwords (ATT&amp;CK T1110): many connections to a service with a login, each so short that the
 * login can only have failed; or requests that a web server refuses for their credentials. The idea
 * is that of Hellemons et al., "SSHCure: A Flow-Based SSH Intrusion Detection System" (2012), which recognises the
 * guessing phase by connections of few and alike packets at a rate that no person types. Probes and clients without a
 * connection pool do the same all day, so an edge is compared with its own usual rate. {@link SlowGuesses} finds few
 * connections of many guesses, and slow ones.
 */
public final class BruteForce extends AbstractDetector<Rates> {
    public static final DetectorType<BruteForceConfig> TYPE = DetectorType.ofSeveral(
            new DetectorInfo(
                    "brute-force",
                    "credential-access",
                    Severity.HIGH,
                    List.of("T1110"),
                    Set.of(LateralRole.ENTERING, LateralRole.MOVING)),
            BruteForceConfig.class,
            (config, threats) -> List.of(new BruteForce(config), new SlowGuesses(config)));

    private static final long serialVersionUID = 1L;
    /** The number of paths for each request up to which a client asks for the same again. */
    private static final double FEW_PATHS = 0.2;

    private static final Duration MEMORY = Duration.ofHours(24);

    private final BruteForceConfig config;

    public BruteForce(BruteForceConfig config) {
        super(TYPE, DetectorScope.SOURCE, Rates.class, MEMORY);
        this.config = config;
    }

    @Override
    public DetectorResult<Rates> step(@Nullable Rates state, Slice slice) {
        Rates rates = (state == null ? Rates.nothing() : state)
                .at(slice.endMs(), config.window().toMillis());
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : slice.activities()) {
            Spread attempts = attempts(activity);
            if (attempts.slices() == 0) {
                continue;
            }
            String edge = edge(activity);
            Rates.Edge now =
                    rates.add(edge, slice.startMs(), attempts, config.window().toMillis());
            // Clients outside log in now and then; a workload may do so for each request.
            int least = activity.outside().isSource() ? config.attempts() / 2 : config.attempts();
            if (now.count() >= now.threshold(least, config.timesUsual())) {
                rates.report(edge, slice.endMs());
                findings.add(finding(activity, edge, now, least));
            }
        }
        return new DetectorResult<>(rates, findings);
    }

    /** The subject of findings about an edge. */
    static String edge(Activity activity) {
        return activity.destination().key() + "|" + activity.port();
    }

    /**
     * The connections that can only be failed logins. Those that were refused, got no answer or carried no data are
     * none, since no service took a password: it is down, or probed.
     */
    private Spread attempts(Activity activity) {
        HttpRequests http = activity.http();
        if (http != null) {
            return Spread.whole(isGuessing(http) ? http.unauthorized() : 0);
        }
        Long most = activity.port() == null ? null : config.services().get(activity.port());
        if (most == null || !activity.protocol().equals("TCP")) {
            return Spread.whole(0);
        }
        Long received = activity.bytesReceived();
        // An exporter that counts no bytes reports 0.
        boolean tooShort = received != null
                && received > 0
                && Exchanges.isExchange(activity)
                && received / activity.established() <= most;
        return tooShort ? Spread.counted(activity, activity.established(), Span::established) : Spread.whole(0);
    }

    /** True for refused requests at few paths; at many, a tool explores the server. */
    private static boolean isGuessing(HttpRequests http) {
        return http.unauthorized() > 0 && Distinct.estimate(http.paths()) <= Math.max(1, FEW_PATHS * http.requests());
    }

    private Finding finding(Activity activity, String edge, Rates.Edge now, int least) {
        long count = now.count();
        String sourceName = activity.source().display();
        String where = activity.destination().display() + " port " + activity.port();
        boolean isWeb = activity.http() != null;
        double over = Math.min(1, (count - least) / (3.0 * least));
        return Findings.of(this, activity)
                .subject(edge)
                .confidence(0.75 + 0.2 * over)
                .title(sourceName + " tries logins at " + where)
                .summary(sourceName + " made " + count + (isWeb ? " requests" : " connections")
                        + " to " + where + " within "
                        + config.window().toSeconds() + " s, each "
                        + (isWeb ? "refused for its credentials" : "too short for a login that succeeds")
                        + "; "
                        + least + " make a finding, and usual for the two are " + Math.round(now.usual())
                        + ".")
                .since(now.sinceMs())
                .observed("attempts", count)
                .expected("attempts_below", now.threshold(least, config.timesUsual()))
                .expected("attempts_usual", now.usual())
                .build();
    }
}
