package dev.weir.alerting.service;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.IncidentStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Resolves and deletes incidents by age and number. */
public final class IncidentRetention {
    private static final Logger LOG = LoggerFactory.getLogger(IncidentRetention.class);
    private static final int RESOLVED_AT_ONCE = 100;
    private static final int DELETED_AT_ONCE = 1_000;
    /**
     * The time after which the notifications about an ended incident have been sent, if their receiver is available.
     */
    private static final long OVER_FOR_MS = Duration.ofMinutes(10).toMillis();

    private final Database database;
    private final IncidentChanges changes;
    private final InstantSource clock;

    IncidentRetention(Database database, IncidentChanges changes, InstantSource clock) {
        this.database = database;
        this.changes = changes;
        this.clock = clock;
    }

    /** Resolves incidents without activity for a time, and returns their number. */
    public int resolveIdle(long idleMs) throws SQLException {
        long since = clock.millis() - idleMs;
        int all = 0;
        List<String> idle;
        do {
            idle = database.query(handle -> IncidentStore.idleSince(handle, since, RESOLVED_AT_ONCE));
            resolve(idle, "no further alert came", each -> each.lastSeenMs() < since);
            all += idle.size();
        } while (idle.size() == RESOLVED_AT_ONCE);
        return all;
    }

    /** Deletes incidents that ended long ago, with all that belongs to them, and returns their number. */
    public int delete(long keptMs) throws SQLException {
        long before = clock.millis() - keptMs;
        int all = 0;
        int deleted;
        do {
            deleted = database.inTransaction(handle -> IncidentStore.delete(handle, before, DELETED_AT_ONCE));
            all += deleted;
        } while (deleted == DELETED_AT_ONCE);
        return all;
    }

    /**
     * Makes room when there are too many alerts: ended incidents are deleted early, and if those are not enough, others
     * are resolved, so that their receivers are notified, and deleted later.
     *
     * @return the number of deleted incidents
     */
    public int deleteSurplus(long most) throws SQLException {
        long surplus = database.query(AlertStore::count) - most;
        if (surplus <= 0) {
            return 0;
        }
        long before = clock.millis() - OVER_FOR_MS;
        int deleted =
                database.inTransaction(handle -> IncidentStore.deleteOver(handle, before, surplus, DELETED_AT_ONCE));
        long left = database.query(AlertStore::count) - database.query(IncidentStore::alertsOver) - most;
        List<String> least = database.query(handle -> IncidentStore.leastActive(handle, left, DELETED_AT_ONCE));
        resolve(least, "there are more than " + most + " alerts", incident -> true);
        LOG.warn(
                "there are more than {} alerts: {} incidents that were over are deleted, {} others are resolved",
                most,
                deleted,
                least.size());
        return deleted;
    }

    private void resolve(List<String> ids, String why, Predicate<Incident> still) throws SQLException {
        IncidentChange over = new IncidentChange(IncidentChange.Action.RESOLVE, TimelineEntry.WEIR, why, null, null);
        for (String id : ids) {
            database.inTransaction(handle -> {
                Optional<Incident> incident = IncidentStore.locked(handle, id)
                        .filter(each -> each.status().isActive())
                        .filter(still);
                incident.ifPresent(each -> changes.apply(handle, each, over, NamespaceScope.ALL));
                return incident;
            });
        }
    }
}
