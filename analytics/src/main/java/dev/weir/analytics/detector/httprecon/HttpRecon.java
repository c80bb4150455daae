package dev.weir.analytics.detector.httprecon;

import dev.weir.analytics.Distinct;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Eviction;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Rates;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Spread;
import dev.weir.model.Activity;
import dev.weir.model.Flow;
import dev.weir.model.HttpRequests;
import dev.weir.model.Severity;
import dev.weir.model.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports a source that explores a web server (ATT&amp;CK T1595.003, T1046): many different paths, most of which do not
 * exist. Where the exporter sees no requests, the sign is a burst of short connections to a web server, many times the
 * usual of the edge: tools that try paths (dirb, gobuster, nikto) make hundreds in a minute. Such a burst has less
 * confidence and is reported only for sources that have been watched for a while, because clients without a connection
 * pool look the same. Where all answers are of one size, as those to paths that do not exist or to wrong passwords are,
 * fewer connections suffice, and a source without a past counts too.
 */
public final class HttpRecon extends AbstractDetector<WebRequestState> {
    public static final DetectorType<HttpReconConfig> TYPE = DetectorType.of(
            new DetectorInfo("http-recon", "discovery", Severity.HIGH, List.of("T1595.003", "T1046"), Set.of()),
            HttpReconConfig.class,
            HttpRecon::new);

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofHours(24);
    private static final int MAX_SERVERS = 64;

    /** The least share of failed requests in the longer window, in which ordinary clients ask for many paths, too. */
    private static final double SLOW_SHARE = 0.8;

    /**
     * The least share of failed requests of a source outside that half as many paths suffice for; a visitor or a
     * crawler finds most of those it asks for.
     */
    private static final double FRUITLESS_SHARE = 0.95;

    /** The time within which the paths that a source outside finds next to nothing at make a finding. */
    private static final Duration LONGEST = Duration.ofHours(1);

    /** The least connections of a slice whose answers can be of one size. */
    private static final int LEAST_ALIKE = 5;

    /** The share by which the sizes of like answers differ at most. */
    private static final double ALIKE = 0.1;

    /** The multiple of like answers that make a finding for a source without a past. */
    private static final int ALIKE_OF_UNKNOWN = 2;

    private final HttpReconConfig config;

    public HttpRecon(HttpReconConfig config) {
        super(TYPE, DetectorScope.SOURCE, WebRequestState.class, MEMORY);
        this.config = config;
    }

    @Override
    public DetectorResult<WebRequestState> step(@Nullable WebRequestState state, Slice slice) {
        long windowMs = config.window().toMillis();
        WebRequestState before = state == null
                ? new WebRequestState(slice.startMs(), Map.of(), Rates.nothing(), Map.of(), Map.of())
                : state;
        List<Activity> web = slice.activities().stream().filter(this::isWeb).toList();
        if (web.isEmpty() && state != null) {
            return new DetectorResult<>(before, List.of());
        }
        Rates bursts = before.bursts().at(slice.endMs(), windowMs);
        Map<String, WebRequestState.Window> servers =
                Eviction.since(before.servers(), slice.startMs() - windowMs, WebRequestState.Window::sinceMs);
        Map<String, WebRequestState.Window> slow = Eviction.since(
                before.slow(), slice.startMs() - config.slowWindow().toMillis(), WebRequestState.Window::sinceMs);
        Map<String, WebRequestState.Window> slowest =
                Eviction.since(before.slowest(), slice.startMs() - LONGEST.toMillis(), WebRequestState.Window::sinceMs);
        boolean known = slice.startMs() - before.sinceMs() >= config.learn().toMillis();
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : web) {
            String server = activity.destination().key() + "|" + activity.port();
            HttpRequests http = activity.http();
            if (http != null) {
                WebRequestState.Window fast = asked(servers, server, http, slice);
                WebRequestState.Window whole =
                        http.failed() == 0 && !slow.containsKey(server) ? fast : asked(slow, server, http, slice);
                WebRequestState.Window longest = isFruitless(activity, whole) || slowest.containsKey(server)
                        ? asked(slowest, server, http, slice)
                        : whole;
                int few = config.paths() / 2;
                if (isFound(fast, config.failedShare(), config.paths())) {
                    findings.add(paths(activity, server, fast, config.window(), config.paths()));
                } else if (isFound(whole, Math.max(SLOW_SHARE, config.failedShare()), config.paths())) {
                    findings.add(paths(activity, server, whole, config.slowWindow(), config.paths()));
                } else if (activity.outside().isSource() && isFound(whole, FRUITLESS_SHARE, few)) {
                    findings.add(paths(activity, server, whole, config.slowWindow(), few));
                } else if (activity.outside().isSource() && isFound(longest, FRUITLESS_SHARE, config.paths())) {
                    findings.add(paths(activity, server, longest, LONGEST, config.paths()));
                }
            } else if (isShort(activity)) {
                Rates.Edge edge = bursts.add(
                        server,
                        slice.startMs(),
                        Spread.counted(activity, activity.established(), Span::established),
                        windowMs);
                int least = least(activity, known);
                if (edge.count() >= edge.threshold(least, config.timesUsual())) {
                    bursts.report(server, slice.endMs());
                    findings.add(burst(activity, server, edge, least));
                }
            }
        }
        return new DetectorResult<>(new WebRequestState(before.sinceMs(), servers, bursts, slow, slowest), findings);
    }

    /** True for a source outside whose requests nearly all fail so far, as those of a tool that guesses paths do. */
    private static boolean isFruitless(Activity activity, WebRequestState.Window window) {
        return activity.outside().isSource() && window.failed() >= FRUITLESS_SHARE * window.requests();
    }

    private boolean isWeb(Activity activity) {
        return activity.http() != null
                || (activity.port() != null
                        && config.ports().contains(activity.port())
                        && activity.protocol().equals("TCP"));
    }

    private boolean isShort(Activity activity) {
        Long received = activity.bytesReceived();
        return activity.established() > 0
                && received != null
                && received > 0
                && received / activity.established() <= config.answerBytes();
    }

    /** The number of short connections that make a finding. */
    private int least(Activity activity, boolean known) {
        if (isAlike(activity)) {
            return known ? config.alike() : ALIKE_OF_UNKNOWN * config.alike();
        }
        return known ? config.connections() : Integer.MAX_VALUE;
    }

    /** True if the sampled answers are of the average size of all, so that all are of one size. */
    private static boolean isAlike(Activity activity) {
        Long received = activity.bytesReceived();
        if (received == null
                || activity.established() < LEAST_ALIKE
                || activity.samples().size() < 2) {
            return false;
        }
        double mean = received / (double) activity.established();
        for (Flow flow : activity.samples()) {
            Long bytes = flow.destination().bytes();
            if (bytes != null && Math.abs(bytes - mean) > ALIKE * mean) {
                return false;
            }
        }
        return true;
    }

    /** Adds requests to the window of a server, and returns it. */
    private static WebRequestState.Window asked(
            Map<String, WebRequestState.Window> servers, String server, HttpRequests http, Slice slice) {
        Eviction.makeRoom(servers, server, MAX_SERVERS, WebRequestState.Window::requests);
        return servers.merge(
                server,
                new WebRequestState.Window(slice.startMs(), http.requests(), http.failed(), http.paths()),
                HttpRecon::plus);
    }

    private static boolean isFound(WebRequestState.Window window, double failedShare, int paths) {
        return window.failed() >= failedShare * window.requests()
                && window.requests() >= paths
                && Distinct.estimate(window.paths()) >= paths;
    }

    private static WebRequestState.Window plus(WebRequestState.Window a, WebRequestState.Window b) {
        return new WebRequestState.Window(
                a.sinceMs(),
                a.requests() + b.requests(),
                a.failed() + b.failed(),
                Distinct.merged(a.paths(), b.paths()));
    }

    private Finding paths(Activity activity, String server, WebRequestState.Window window, Duration within, int least) {
        String sourceName = activity.source().display();
        String destinationName = activity.destination().display();
        long paths = Math.round(Distinct.estimate(window.paths()));
        return begin(activity, server)
                .confidence(Math.min(0.95, 0.8 + 0.15 * (paths - config.paths()) / (2.0 * config.paths())))
                .title(sourceName + " requests many missing paths of " + destinationName)
                .summary(sourceName + " asked " + destinationName + " for about " + paths + " different paths within "
                        + within.toSeconds() + " s; " + window.failed() + " of " + window.requests()
                        + " requests were answered with 4xx. " + least + " paths make a finding.")
                .since(window.sinceMs())
                .observed("paths", paths)
                .observed("requests", window.requests())
                .observed("requests_failed", window.failed())
                .expected("paths_below", least)
                .build();
    }

    private Finding burst(Activity activity, String server, Rates.Edge edge, int least) {
        String sourceName = activity.source().display();
        String destinationName = activity.destination().display();
        double threshold = edge.threshold(least, config.timesUsual());
        return begin(activity, server)
                .confidence(Math.min(0.8, 0.55 + 0.25 * (edge.count() - threshold) / (2 * threshold)))
                .title(sourceName + " opens many short connections to " + destinationName)
                .summary(sourceName + " made " + edge.count() + " short connections to " + destinationName + " port "
                        + activity.port()
                        + " within " + config.window().toSeconds() + " s; usual for the two are "
                        + Math.round(edge.usual()) + ". Tools that try the paths of a web server do so.")
                .caveat("the exporter does not see requests")
                .since(edge.sinceMs())
                .observed("connections_short", edge.count())
                .expected("connections_short_below", threshold)
                .expected("connections_short_usual", edge.usual())
                .build();
    }

    private Findings begin(Activity activity, String server) {
        return Findings.of(this, activity).subject(server);
    }
}
