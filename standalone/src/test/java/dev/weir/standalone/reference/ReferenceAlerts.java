package dev.weir.standalone.reference;

import dev.weir.analytics.Finding;
import dev.weir.analytics.FindingBuilder;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes alerts of the results of reference rules. */
final class ReferenceAlerts {
    private ReferenceAlerts() {}

    /**
     * An alert about some flows.
     *
     * @param destination null for several
     * @param port null for several
     */
    static Alert of(
            String rule, String category, List<Flow> flows, @Nullable String destination, @Nullable Integer port) {
        Flow first = flows.get(0);
        Entity source = Entity.of(first.source());
        long firstMs = flows.stream().mapToLong(Flow::startMs).min().orElseThrow();
        long lastMs = flows.stream().mapToLong(Flow::endMs).max().orElseThrow();
        String subject = destination + " " + port + " " + firstMs;
        return new FindingBuilder(rule)
                .subject(subject)
                .category(category)
                .severity(Severity.MEDIUM)
                .confidence(0.5)
                .title(rule)
                .summary(rule)
                .firstSeenMs(firstMs)
                .lastSeenMs(lastMs)
                .count(flows.size())
                .source(source)
                .destination(destination == null ? Entity.unnamed() : Entity.of(first.destination()))
                .ports(port == null ? List.of() : List.of(port))
                .cluster(first.cluster())
                .buildAlert(Finding.fingerprint(rule, first.cluster(), source, subject), 1, null);
    }
}
