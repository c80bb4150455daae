package dev.weir.analytics.detector.dnstunnel;

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
import dev.weir.model.DnsQueries;
import dev.weir.model.Severity;
import dev.weir.model.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports data carried in DNS (ATT&amp;CK T1071.004, T1048). A tunnel never asks the same question twice, and its names
 * are long or its record types those that bring data back. So the detector counts different names under one registered
 * domain, as RITA (Active Countermeasures) does, together with the length of the name before the domain and the size of
 * the answers. Where the exporter sees no names, or few, it counts large questions, since an ordinary one fits into
 * eighty bytes, and large answers of resolvers outside. Lookups of block lists ask for many names all day, so a source
 * is compared with its own usual rate.
 */
public final class DnsTunnel extends AbstractDetector<Questions> {
    public static final DetectorType<DnsTunnelConfig> TYPE = DetectorType.of(
            new DetectorInfo(
                    "dns-tunnel", "command-and-control", Severity.HIGH, List.of("T1071.004", "T1048"), Set.of()),
            DnsTunnelConfig.class,
            DnsTunnel::new);

    private static final long serialVersionUID = 1L;
    private static final Duration MEMORY = Duration.ofHours(24);
    private static final int DNS = 53;
    private static final int MAX_DOMAINS = 128;

    /** The least share of the questions of a slice that are nearly all of them. */
    private static final double MAJORITY = 0.8;

    private final DnsTunnelConfig config;

    public DnsTunnel(DnsTunnelConfig config) {
        super(TYPE, DetectorScope.SOURCE, Questions.class, MEMORY);
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return !activity.dns().isEmpty() || (activity.port() != null && activity.port() == DNS);
    }

    @Override
    public DetectorResult<Questions> step(@Nullable Questions state, Slice slice) {
        Questions before = state == null ? Questions.none() : state;
        List<Activity> dns = slice.activities().stream().filter(this::concerns).toList();
        if (dns.isEmpty()) {
            return new DetectorResult<>(before, List.of());
        }
        long windowMs = config.window().toMillis();
        Rates usual = before.usual().at(slice.endMs(), windowMs);
        Map<String, Questions.Window> domains =
                Eviction.since(before.domains(), slice.startMs() - windowMs, Questions.Window::sinceMs);
        Map<String, Questions.Window> slow = Eviction.since(
                before.slow(), slice.startMs() - config.slowWindow().toMillis(), Questions.Window::sinceMs);
        List<Finding> findings = new ArrayList<>();
        for (Activity activity : dns) {
            for (DnsQueries asked : activity.dns()) {
                DnsQueries queries = hasLargeAnswers(activity, asked) ? asBulky(asked) : asked;
                Finding fast = asked(activity, queries, domains, usual, slice);
                Finding finding = fast == null ? askedSlowly(activity, queries, slow, slice) : fast;
                if (finding != null) {
                    findings.add(finding);
                }
            }
            if (hasHiddenNames(activity) && (isLarge(activity) || isLargelyAnswered(activity))) {
                Finding finding = carried(activity, usual, slice);
                if (finding != null) {
                    findings.add(finding);
                }
            }
        }
        return new DetectorResult<>(new Questions(domains, usual, slow), findings);
    }

    /**
     * True if the answers in this slice are large, and nearly all of them are to questions for one domain, as a
     * tunnel's are that brings data in under short names. A resolver that verifies signatures has large answers of all
     * domains.
     */
    private boolean hasLargeAnswers(Activity activity, DnsQueries asked) {
        long all = activity.dns().stream().mapToLong(DnsQueries::queries).sum();
        return asked.queries() >= MAJORITY * all && answerBytes(activity) >= config.answerBytes();
    }

    /** True if the exporter sees the names of less than half of the questions, each of which is a packet. */
    private static boolean hasHiddenNames(Activity activity) {
        Long packets = activity.packetsSent();
        long queries = activity.dns().stream().mapToLong(DnsQueries::queries).sum();
        return packets == null ? queries == 0 : 2 * queries < packets;
    }

    /** The mean size of the answers, in bytes; 0 if it is not known. */
    private static double answerBytes(Activity activity) {
        Long bytes = activity.bytesReceived();
        Long packets = activity.packetsReceived();
        return !activity.protocol().equals("UDP") || bytes == null || packets == null || packets == 0
                ? 0
                : bytes / (double) packets;
    }

    /** The questions, all of them as of types that carry data. */
    private static DnsQueries asBulky(DnsQueries asked) {
        return new DnsQueries(
                asked.domain(), asked.queries(), asked.failed(), asked.queries(), asked.nameBytes(), asked.names());
    }

    /** True for large answers of a resolver outside, whose clients are ordinarily resolvers themselves. */
    private boolean isLargelyAnswered(Activity activity) {
        return activity.outside().isDestination() && answerBytes(activity) >= config.answerBytes();
    }

    /** Finds names that are too long to be anything but data, however slowly they come. */
    private @Nullable Finding askedSlowly(
            Activity activity, DnsQueries queries, Map<String, Questions.Window> slow, Slice slice) {
        if (queries.nameBytes() < config.slowLength() * queries.queries()) {
            return null;
        }
        Eviction.makeRoom(slow, queries.domain(), MAX_DOMAINS, Questions.Window::queries);
        Questions.Window window = slow.merge(queries.domain(), window(queries, slice), DnsTunnel::plus);
        long names = Math.round(Distinct.estimate(window.names()));
        // The amount of data counts: longer names need not be as many.
        double least = Math.max(config.names() / 2.0, config.names() * config.slowLength() / window.nameLength());
        return names < least
                ? null
                : finding(activity, queries.domain(), window, names, config.slowWindow(), config.slowLength())
                        .expected("names_below", Math.ceil(least))
                        .build();
    }

    private static Questions.Window window(DnsQueries queries, Slice slice) {
        return new Questions.Window(
                slice.startMs(), queries.queries(), queries.bulky(), queries.nameBytes(), queries.names());
    }

    private @Nullable Finding asked(
            Activity activity, DnsQueries queries, Map<String, Questions.Window> domains, Rates usual, Slice slice) {
        String domain = queries.domain();
        Eviction.makeRoom(domains, domain, MAX_DOMAINS, Questions.Window::queries);
        Questions.Window before = domains.get(domain);
        long knownNames = before == null ? 0 : Math.round(Distinct.estimate(before.names()));
        Questions.Window window = domains.merge(domain, window(queries, slice), DnsTunnel::plus);
        long names = Math.round(Distinct.estimate(window.names()));
        Rates.Edge edge = usual.add(domain, slice.startMs(), Math.max(0, names - knownNames));
        boolean carriesData = window.nameLength() >= config.nameLength() || window.bulkyShare() >= config.bulkyShare();
        if (!carriesData || names < edge.threshold(config.names(), config.timesUsual())) {
            return null;
        }
        usual.report(domain, slice.endMs());
        return finding(activity, domain, window, names, config.window(), config.nameLength())
                .expected("names_below", edge.threshold(config.names(), config.timesUsual()))
                .build();
    }

    private Findings finding(
            Activity activity, String domain, Questions.Window window, long names, Duration within, double least) {
        double length = window.nameLength();
        double bulky = window.bulkyShare();
        String sourceName = activity.source().display();
        return begin(activity, domain)
                .confidence(Math.min(0.95, 0.75 + 0.2 * (names - config.names()) / (2.0 * config.names())))
                .title(sourceName + " seems to tunnel through DNS under " + domain)
                .summary(sourceName + " asked for about " + names + " different names under " + domain + " within "
                        + within.toMinutes() + " minutes, of " + Math.round(length)
                        + " characters on the average before the domain, " + Math.round(100 * bulky)
                        + " % of them for types that carry data; " + config.names() + " names make a finding.")
                .since(window.sinceMs())
                .observed("names", names)
                .observed("name_length", Math.round(length * 10) / 10.0)
                .observed("bulky_share", Math.round(bulky * 100) / 100.0)
                .expected("name_length_below", least);
    }

    private boolean isLarge(Activity activity) {
        Long bytes = activity.bytesSent();
        Long packets = activity.packetsSent();
        return activity.protocol().equals("UDP")
                && bytes != null
                && packets != null
                && packets > 0
                && bytes / (double) packets >= config.packetBytes();
    }

    private @Nullable Finding carried(Activity activity, Rates usual, Slice slice) {
        Long packets = activity.packetsSent();
        Long bytes = activity.bytesSent();
        if (packets == null || bytes == null) {
            return null;
        }
        String server = activity.destination().key();
        Rates.Edge edge = usual.add(
                server,
                slice.startMs(),
                Spread.counted(activity, packets, Span::packetsSent),
                config.window().toMillis());
        double threshold = edge.threshold(config.packets(), config.timesUsual());
        if (edge.count() < threshold) {
            return null;
        }
        usual.report(server, slice.endMs());
        String sourceName = activity.source().display();
        return begin(activity, server)
                .confidence(Math.min(0.85, 0.7 + 0.15 * (edge.count() - threshold) / (2 * threshold)))
                .title(sourceName
                        + (isLarge(activity) ? " sends large DNS questions to " : " gets large DNS answers from ")
                        + activity.destination().display())
                .summary(sourceName + " sent " + edge.count() + " packets to port 53 of "
                        + activity.destination().display() + " within "
                        + config.window().toMinutes()
                        + " minutes, of " + bytes / packets
                        + " bytes on the average in the latest ten seconds, and got answers of "
                        + Math.round(answerBytes(activity)) + "; ordinary"
                        + " questions are shorter than " + Math.round(config.packetBytes())
                        + " bytes, and answers than "
                        + Math.round(config.answerBytes()) + ".")
                .caveat("the exporter does not see the names that were asked for, or few of them")
                .since(edge.sinceMs())
                .observed("packets_large", edge.count())
                .observed("packet_bytes", bytes / packets)
                .observed("answer_bytes", Math.round(answerBytes(activity)))
                .expected("packets_large_below", threshold)
                .expected("packet_bytes_below", config.packetBytes())
                .expected("answer_bytes_below", config.answerBytes())
                .build();
    }

    private Findings begin(Activity activity, String subject) {
        return Findings.of(this, activity).subject(subject);
    }

    private static Questions.Window plus(Questions.Window a, Questions.Window b) {
        return new Questions.Window(
                a.sinceMs(),
                a.queries() + b.queries(),
                a.bulky() + b.bulky(),
                a.nameBytes() + b.nameBytes(),
                Distinct.merged(a.names(), b.names()));
    }
}
