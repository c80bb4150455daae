package dev.weir.analytics.detector.dga;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.AbstractDetector;
import dev.weir.analytics.detector.AttemptState;
import dev.weir.analytics.detector.DetectorInfo;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.DetectorType;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.Slice;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reports queries for generated domains, of which a program tries many until one exists (ATT&amp;CK T1568.002). As in
 * Antonakakis et al., "From Throw-Away Traffic to Bots" (2012), the sign is the number of different registered domains
 * that do not exist. The search list of a pod's resolver fails under one and the same domain, over and over, and is no
 * sign.
 */
public final class Dga extends AbstractDetector<AttemptState> {
    public static final DetectorType<DgaConfig> TYPE = DetectorType.of(
            new DetectorInfo("dga", "command-and-control", Severity.HIGH, List.of("T1568.002"), Set.of()),
            DgaConfig.class,
            Dga::new);

    private static final long serialVersionUID = 1L;
    private static final String FAILED = "nxdomain";

    private final DgaConfig config;

    public Dga(DgaConfig config) {
        super(TYPE, DetectorScope.SOURCE, AttemptState.class, config.window());
        this.config = config;
    }

    @Override
    public boolean concerns(Activity activity) {
        return activity.dns().stream().anyMatch(Dga::doesNotExist);
    }

    @Override
    public DetectorResult<AttemptState> step(@Nullable AttemptState state, Slice slice) {
        List<Activity> failed =
                slice.activities().stream().filter(this::concerns).toList();
        AttemptState before = state == null ? AttemptState.nothing() : state;
        if (failed.isEmpty()) {
            return new DetectorResult<>(before, List.of());
        }
        AttemptState tried = before.since(slice.endMs() - config.window().toMillis());
        List<String> latest = new ArrayList<>();
        for (Activity activity : failed) {
            for (DnsQueries queries : activity.dns()) {
                if (doesNotExist(queries)) {
                    tried.update(FAILED, queries.domain(), activity.lastSeenMs());
                    latest.add(queries.domain());
                }
            }
        }
        Map<String, Long> domains = tried.members(FAILED);
        return new DetectorResult<>(
                tried,
                domains.size() < config.domains()
                        ? List.of()
                        : List.of(finding(failed, domains.size(), latest, tried.firstMs(FAILED))));
    }

    private static boolean doesNotExist(DnsQueries queries) {
        return queries.failed() > 0 && queries.failed() == queries.queries();
    }

    private Finding finding(List<Activity> activities, int domains, List<String> latest, long since) {
        String sourceName = activities.get(0).source().display();
        return Findings.of(this, activities)
                .subject("")
                .confidence(Math.min(0.95, 0.7 + 0.25 * (domains - config.domains()) / (2.0 * config.domains())))
                .title(sourceName + " asks for domains that do not exist")
                .summary(sourceName + " asked for " + domains + " registered domains that do not exist within "
                        + config.window().toMinutes() + " minutes, such as "
                        + String.join(", ", latest.subList(0, Math.min(3, latest.size()))) + "; " + config.domains()
                        + " make a finding.")
                .since(since)
                .observed("domains_not_there", domains)
                .expected("domains_not_there_below", config.domains())
                .build();
    }
}
