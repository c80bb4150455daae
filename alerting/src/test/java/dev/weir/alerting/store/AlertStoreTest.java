package dev.weir.alerting.store;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.store.AlertStore.Applied;
import dev.weir.alerting.store.AlertStore.Query;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertStoreTest {
    @TempDir
    static Path folder;

    private static int databases;

    private final String url = "jdbc:h2:file:" + folder.resolve("weir" + databases++);
    private Database database = new Database(url);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void theNewestRevisionIsKeptAndAnOldOneChangesNothing() throws Exception {
        AlertStore store = store();
        assertThat(apply(store, alert("a", 1, Severity.LOW, 10))).isEqualTo(Applied.NEW);
        assertThat(apply(store, alert("a", 3, Severity.LOW, 30))).isEqualTo(Applied.UPDATED);
        assertThat(apply(store, alert("a", 2, Severity.HIGH, 20))).isEqualTo(Applied.STALE);
        assertThat(apply(store, alert("a", 3, Severity.LOW, 30))).isEqualTo(Applied.STALE);
        assertThat(store.find("a")).contains(alert("a", 3, Severity.LOW, 30));
        assertThat(store.find("b")).isEmpty();
    }

    @Test
    void anAlertIsToldOnceAndAgainOnlyWhenItGetsWorse() throws Exception {
        AlertStore store = store();
        OutboxStore outbox = new OutboxStore(database);
        apply(store, alert("a", 1, Severity.LOW, 10));
        assertThat(outbox.size())
                .as("slack takes all, the webhook from high on")
                .isEqualTo(1);
        apply(store, alert("a", 2, Severity.LOW, 20));
        apply(store, alert("a", 2, Severity.LOW, 20));
        assertThat(outbox.size()).isEqualTo(1);
        assertThat(apply(store, alert("a", 3, Severity.HIGH, 30))).isEqualTo(Applied.RAISED);
        assertThat(outbox.size()).isEqualTo(3);
        apply(store, alert("a", 4, Severity.HIGH, 40));
        assertThat(outbox.size()).isEqualTo(3);
    }

    @Test
    void alertsAndOutboxOutliveTheProcess() throws Exception {
        apply(store(), alert("a", 1, Severity.HIGH, 10));
        database.close();
        database = new Database(url);
        assertThat(store().find("a")).isPresent();
        OutboxStore outbox = new OutboxStore(database);
        OutboxStore.Entry entry = outbox.due("slack", 5_000).orElseThrow();
        assertThat(entry.alert().id()).isEqualTo("a");
        outbox.retry(entry.seq(), 1, 9_000);
        assertThat(outbox.due("slack", 8_999)).isEmpty();
        assertThat(outbox.due("slack", 9_000))
                .get()
                .extracting(OutboxStore.Entry::attempts)
                .isEqualTo(1);
        outbox.remove(entry.seq());
        assertThat(outbox.due("slack", 99_000)).isEmpty();
    }

    @Test
    void pagesAreCompleteAndInOrder() throws Exception {
        AlertStore store = store();
        for (int i = 0; i < 25; i++) {
            apply(store, alert(String.format("a%02d", i), 1, i % 2 == 0 ? Severity.LOW : Severity.HIGH, i / 3));
        }
        List<Alert> all = new ArrayList<>();
        AlertStore.Cursor cursor = null;
        List<Alert> page;
        do {
            page = store.list(new Query(null, null, null, cursor, 4));
            all.addAll(page);
            cursor = page.isEmpty()
                    ? null
                    : new AlertStore.Cursor(
                            page.get(page.size() - 1).lastSeenMs(),
                            page.get(page.size() - 1).id());
        } while (!page.isEmpty());
        assertThat(all).hasSize(25).doesNotHaveDuplicates();
        assertThat(all).isSortedAccordingTo((a, b) -> Long.compare(b.lastSeenMs(), a.lastSeenMs()));
        assertThat(store.list(new Query(Severity.HIGH, null, null, null, 100))).hasSize(12);
        assertThat(store.list(new Query(null, "policy-bypass", "shop", null, 100)))
                .hasSize(25);
        assertThat(store.list(new Query(null, "x' or '1'='1", null, null, 100))).isEmpty();
    }

    private AlertStore store() {
        return new AlertStore(
                database,
                List.of(new AlertStore.Target("slack", Severity.LOW), new AlertStore.Target("webhook", Severity.HIGH)));
    }

    private static Applied apply(AlertStore store, Alert alert) throws SQLException {
        return store.apply(List.of(alert), 1_000).get(0);
    }
}
