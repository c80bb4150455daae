package dev.weir.alerting.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.Alerts;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists compared with going through all alerts one by one. */
class AlertListTest {
    private static final int ALERTS = 300;
    private static final int QUESTIONS = 400;

    private final Random random = new Random(7);
    private final List<Alert> all = new ArrayList<>();

    private static IncidentStatus statusOf(Alert alert) {
        return alert.lastSeenMs() % 3 == 0 ? IncidentStatus.RESOLVED : IncidentStatus.OPEN;
    }

    private Alert alert(int i) {
        Alert plain = Alerts.alert("a" + i, 1, Severity.values()[random.nextInt(4)], 1_000 + random.nextInt(100));
        String incident = "i" + plain.lastSeenMs() + "-" + random.nextInt(2);
        return new Alert(
                plain.id(),
                "detector-" + random.nextInt(3),
                1,
                "category-" + random.nextInt(2),
                plain.severity(),
                1,
                plain.title(),
                plain.summary(),
                1,
                plain.lastSeenMs(),
                1,
                end(),
                end(),
                List.of(),
                null,
                null,
                List.of(),
                plain.evidence(),
                null,
                incident,
                null,
                null);
    }

    private @Nullable Entity end() {
        return random.nextInt(10) == 0
                ? null
                : Entity.workload("ns" + random.nextInt(4), "w" + random.nextInt(3), "Deployment");
    }

    private <T> @Nullable T sometimes(T value) {
        return random.nextInt(4) == 0 ? value : null;
    }

    @ParameterizedTest
    @EnumSource
    void everyFilterAgreesWithAPlainSearch(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            database.inTransaction(handle -> {
                for (int i = 0; i < ALERTS; i++) {
                    Alert alert = alert(i);
                    all.add(alert);
                    AlertStore.apply(handle, alert);
                    AlertStore.setStatus(handle, alert.incident(), statusOf(alert));
                }
                return 0;
            });
            all.sort(Comparator.comparingLong(Alert::lastSeenMs).reversed().thenComparing(Alert::id));
            AlertStore store = new AlertStore(database);
            int found = 0;
            for (int i = 0; i < QUESTIONS; i++) {
                AlertStore.Query query = query();
                NamespaceScope scope = scope();
                List<String> expected = all.stream()
                        .filter(matching(query, scope))
                        .limit(query.limit())
                        .map(Alert::id)
                        .toList();
                assertThat(store.list(query, scope))
                        .as("%s %s", query, scope)
                        .extracting(each -> each.alert().id())
                        .isEqualTo(expected);
                Cursor before = query.before();
                List<String> byId = all.stream()
                        .filter(matching(from(query, null), scope))
                        .filter(alert -> before == null || alert.id().compareTo(before.id()) > 0)
                        .map(Alert::id)
                        .sorted()
                        .limit(query.limit())
                        .toList();
                assertThat(store.listById(query, scope))
                        .as("by id: %s %s", query, scope)
                        .extracting(each -> each.alert().id())
                        .isEqualTo(byId);
                found += expected.size();
            }
            assertThat(found).isGreaterThan(QUESTIONS);
        }
    }

    private static AlertStore.Query from(AlertStore.Query query, @Nullable Cursor before) {
        return new AlertStore.Query(
                null,
                query.severity(),
                query.detector(),
                query.category(),
                query.namespace(),
                query.workload(),
                query.incident(),
                query.status(),
                query.sinceMs(),
                query.untilMs(),
                before,
                query.limit());
    }

    private AlertStore.Query query() {
        return new AlertStore.Query(
                null,
                sometimes(Severity.values()[random.nextInt(4)]),
                sometimes("detector-" + random.nextInt(3)),
                sometimes("category-" + random.nextInt(2)),
                sometimes("ns" + random.nextInt(4)),
                sometimes("w" + random.nextInt(3)),
                random.nextInt(20) == 0 ? all.get(random.nextInt(ALERTS)).incident() : null,
                sometimes(random.nextBoolean() ? IncidentStatus.OPEN : IncidentStatus.RESOLVED),
                sometimes(1_000L + random.nextInt(100)),
                sometimes(1_000L + random.nextInt(100)),
                sometimes(new Cursor(1_000 + random.nextInt(100), "a" + random.nextInt(ALERTS))),
                1 + random.nextInt(20));
    }

    private NamespaceScope scope() {
        return switch (random.nextInt(4)) {
            case 0 -> new NamespaceScope(Set.of("ns0"));
            case 1 -> new NamespaceScope(Set.of("ns1", "ns2", "elsewhere"));
            default -> NamespaceScope.ALL;
        };
    }

    private static Predicate<Alert> matching(AlertStore.Query query, NamespaceScope scope) {
        Severity severity = query.severity();
        Cursor before = query.before();
        return alert -> {
            String source = namespace(alert.source());
            String destination = namespace(alert.destination());
            return (severity == null || alert.severity().compareTo(severity) >= 0)
                    && is(query.detector(), alert.detector())
                    && is(query.category(), alert.category())
                    && (is(query.namespace(), source) || is(query.namespace(), destination))
                    && is(
                            query.workload(),
                            alert.source() == null ? null : alert.source().workload())
                    && is(query.incident(), alert.incident())
                    && is(query.status(), statusOf(alert))
                    && (query.sinceMs() == null || alert.lastSeenMs() >= query.sinceMs())
                    && (query.untilMs() == null || alert.lastSeenMs() < query.untilMs())
                    && (before == null
                            || alert.lastSeenMs() < before.ms()
                            || (alert.lastSeenMs() == before.ms() && alert.id().compareTo(before.id()) > 0))
                    && (scope.isAll() || scope.has(source) || scope.has(destination));
        };
    }

    private static boolean is(@Nullable Object wanted, @Nullable Object actual) {
        return wanted == null || wanted.equals(actual);
    }

    private static @Nullable String namespace(@Nullable Entity end) {
        return end == null ? null : end.namespace();
    }
}
