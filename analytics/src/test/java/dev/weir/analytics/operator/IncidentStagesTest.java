package dev.weir.analytics.operator;

import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.FindingBuilder;
import dev.weir.analytics.correlate.AlertState;
import dev.weir.analytics.correlate.CompromisedHost;
import dev.weir.analytics.correlate.Correlator;
import dev.weir.analytics.correlate.IncidentsConfig;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import java.util.List;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.Test;

/** The stages of {@link IncidentsOperator}, one by one. */
class IncidentStagesTest {

    private final IncidentsConfig config = IncidentsConfig.defaults();
    private final IncidentGrouping grouping = new IncidentGrouping(config, MemoryMapState.states());

    private static Entity workload(String name) {
        return Entity.workload("shop", name, "Deployment");
    }

    private static Alert alert(long ms, String detector, double confidence, String source, String destination) {
        return Correlator.first(new FindingBuilder(detector)
                .subject(destination + ms)
                .category("discovery")
                .severity(Severity.MEDIUM)
                .confidence(confidence)
                .title(detector + " of " + source)
                .firstSeenMs(ms)
                .lastSeenMs(ms)
                .count(1)
                .source(workload(source))
                .destination(workload(destination))
                .techniques(List.of("T1046"))
                .build());
    }

    private final SimpleCounter removed = new SimpleCounter();
    private final SimpleCounter surplus = new SimpleCounter();
    private final Retention retention = new Retention(removed, surplus);

    @Test
    void alertJoinsTheOpenIncidentOfItsActor() throws Exception {
        String first = grouping.place(alert(0, "port-scan", 0.9, "web", "db")).incident();
        assertThat(grouping.provisional(alert(HOUR, "flood", 0.9, "web", "db"))).isEqualTo(first);
        assertThat(grouping.provisional(alert(HOUR, "flood", 0.9, "api", "db"))).isNotEqualTo(first);
        assertThat(grouping.provisional(alert(3 * DAY, "flood", 0.9, "web", "db")))
                .isNotEqualTo(first);
    }

    @Test
    void laterRevisionStaysWithItsIncidentAndDigest() throws Exception {
        Alert alert = alert(0, "port-scan", 0.9, "web", "db");
        String incident = grouping.place(alert).incident();
        grouping.remember(alert.id(), new AlertState(incident, "digest", 0));
        IncidentGrouping.Placement again = grouping.place(alert.with(2, Severity.HIGH));
        assertThat(again.isKnown()).isTrue();
        assertThat(again.incident()).isEqualTo(incident);
        assertThat(again.digest()).isEqualTo("digest");
    }

    @Test
    void compromisedHostContinuesTheIncidentForAWhile() throws Exception {
        Alert entering = alert(0, "brute-force", 0.9, "web", "db");
        String incident = grouping.place(entering).incident();
        grouping.compromise(entering, incident);
        assertThat(grouping.provisional(alert(HOUR, "port-scan", 0.9, "db", "vault")))
                .isEqualTo(incident);
        assertThat(grouping.provisional(alert(3 * HOUR, "port-scan", 0.9, "db", "vault")))
                .isNotEqualTo(incident);
        grouping.removeOld(retention, 2 * DAY, 0);
        assertThat(removed.getCount()).as("the host").isEqualTo(1);
    }

    @Test
    void alertsBeyondTheLimitOfATechniqueShareOne() throws Exception {
        TechniqueGroups techniques = new TechniqueGroups(config, MemoryMapState.states());
        Alert alert = alert(0, "port-scan", 0.9, "web", "db");
        for (int i = 0; i < config.alike(); i++) {
            assertThat(techniques.isFull(alert, "a", 0)).isFalse();
            techniques.report(alert, "a");
        }
        assertThat(techniques.isFull(alert, "a", 0)).isTrue();
        assertThat(techniques.isFull(alert, "b", config.alike() - 1)).isFalse();
        assertThat(techniques.isFull(alert, "b", config.alike())).isTrue();
        assertThat(techniques.fold(alert, "b", true)).isFalse();
        assertThat(techniques.fold(alert, "a", true)).isTrue();
        assertThat(techniques.fold(alert, "a", false)).isTrue();
        assertThat(techniques.shared(alert, "a").count()).isEqualTo(1);
        techniques.removeOld(retention, 1);
        assertThat(removed.getCount()).isEqualTo(1);
        assertThat(techniques.shared(alert, "a")).isNull();
    }

    @Test
    void uncertainAlertBeyondTheBudgetGoesToADigest() throws Exception {
        NamespaceBudgets budgets = new NamespaceBudgets(config, MemoryMapState.states());
        Alert uncertain = alert(0, "port-scan", 0.6, "web", "db");
        for (int i = 0; i < config.budget(); i++) {
            assertThat(budgets.charge(uncertain, "incident" + i)).isNull();
        }
        assertThat(budgets.charge(uncertain, "incident0")).as("charged before").isNull();
        assertThat(budgets.charge(uncertain, "another").count()).isEqualTo(1);
        assertThat(budgets.charge(uncertain, "one more").count()).isEqualTo(2);
        assertThat(budgets.charge(alert(0, "port-scan", 0.9, "web", "db"), "certain"))
                .isNull();
        budgets.removeOld(retention, 4 * DAY, 1);
        assertThat(removed.getCount()).as("a budget and its incidents").isEqualTo(config.budget() + 2);
    }

    @Test
    void earlyReportCountsUntilItsSliceIsProcessed() throws Exception {
        EarlyReports early = new EarlyReports(MemoryMapState.states());
        Alert alert = alert(0, "policy-denied", 0.9, "web", "db");
        early.add(alert, "group");
        assertThat(early.count("group")).isEqualTo(1);
        assertThat(early.remove(alert.with(2, Severity.LOW))).isFalse();
        assertThat(early.remove(alert)).isTrue();
        assertThat(early.remove(alert)).isFalse();
        assertThat(early.count("group")).isZero();
    }

    @Test
    void chainGrowsUntilItsAlertIsForgotten() throws Exception {
        Chains chains = new Chains(MemoryMapState.states());
        CompromisedHost host = new CompromisedHost(workload("web"), "entering", "incident", 0);
        Alert first = chains.grown(alert(HOUR, "port-scan", 0.9, "db", "vault"), host, "incident");
        grouping.remember(first.id(), new AlertState("incident", null, HOUR));
        chains.removeOld(grouping);
        Alert second = chains.grown(alert(HOUR, "flood", 0.9, "db", "vault"), host, "incident");
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.count()).isEqualTo(2);
        assertThat(second.revision()).isEqualTo(2);
        grouping.removeOld(retention, DAY, DAY);
        chains.removeOld(grouping);
        assertThat(chains.grown(alert(HOUR, "flood", 0.9, "db", "vault"), host, "incident")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void oldestEntriesBeyondTheBoundAreRemoved() throws Exception {
        MemoryMapState<String, Long> state = new MemoryMapState<>();
        for (int i = 0; i < Retention.MAX_ENTRIES + 10; i++) {
            state.put("entry" + i, (long) i);
        }
        retention.removeOld(state, Long::longValue, 5);
        assertThat(removed.getCount()).isEqualTo(10);
        assertThat(surplus.getCount()).as("those that are young").isEqualTo(5);
        assertThat(state.contains("entry9")).isFalse();
        assertThat(state.contains("entry10")).isTrue();
        retention.removeOld(state, Long::longValue, 100);
        assertThat(surplus.getCount()).isEqualTo(5);
        assertThat(state.size()).isEqualTo(Retention.MAX_ENTRIES - 90);
    }

    @Test
    void surplusOfOneTimeIsRemovedByKey() throws Exception {
        MemoryMapState<String, Long> state = new MemoryMapState<>();
        for (int i = 0; i < Retention.MAX_ENTRIES + 10; i++) {
            state.put("entry" + (100_000 + i), 7L);
        }
        retention.removeOld(state, Long::longValue, 5);
        assertThat(state.size()).isEqualTo(Retention.MAX_ENTRIES);
        assertThat(state.contains("entry100009")).isFalse();
        assertThat(state.contains("entry100010")).isTrue();
    }
}
