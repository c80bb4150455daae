package dev.weir.alerting.store;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exclusive right of one replica to do some work. Another replica gets it {@link #LENGTH} after the last renewal.
 */
public final class Lease {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    /** Duration of a lease from its last renewal. */
    public static final Duration LENGTH = Duration.ofSeconds(8);

    private static final Duration RENEW = Duration.ofSeconds(2);
    /** Minimum time left after {@link #isOurs} returned true; work that begins then must finish within it. */
    public static final Duration LEFT = LENGTH.minus(RENEW);

    private static final long ASK_AGAIN_MS = 1_000;

    private final Database database;
    private final String work;
    private final InstantSource clock;
    private final String owner = UUID.randomUUID().toString();
    private long untilMs;
    private long notBeforeMs;

    /**
     * Creates a lease without acquiring it.
     *
     * @param work name of the work, the same in all replicas
     */
    public Lease(Database database, String work, InstantSource clock) {
        this.database = database;
        this.work = work;
        this.clock = clock;
    }

    /**
     * Acquires or renews the lease if necessary.
     *
     * @return true if this replica holds it, for {@link #LEFT} at least
     */
    public synchronized boolean isOurs() throws SQLException {
        long now = clock.millis();
        if (now <= untilMs - LEFT.toMillis()) {
            return true;
        }
        if (now < notBeforeMs) {
            return false;
        }
        long until = now + LENGTH.toMillis();
        boolean isOurs = database.inTransaction(handle -> take(handle, now, until));
        untilMs = isOurs ? until : 0;
        notBeforeMs = isOurs ? 0 : now + ASK_AGAIN_MS;
        return isOurs;
    }

    /** Renews the lease if this replica holds it, for work that takes longer than {@link #LEFT}. */
    public synchronized void renew() throws SQLException {
        if (untilMs > 0) {
            isOurs();
        }
    }

    private boolean take(Handle handle, long nowMs, long newUntilMs) {
        int renewed = handle.createUpdate("update lease set owner = :owner, until_ms = :until where work = :work"
                        + " and (owner = :owner or until_ms < :now)")
                .bind("work", work)
                .bind("owner", owner)
                .bind("until", newUntilMs)
                .bind("now", nowMs)
                .execute();
        if (renewed > 0) {
            return true;
        }
        boolean isTaken = handle.createQuery("select count(*) from lease where work = :work")
                        .bind("work", work)
                        .mapTo(Integer.class)
                        .one()
                > 0;
        if (!isTaken) {
            handle.createUpdate("insert into lease (work, owner, until_ms) values (:work, :owner, :until)")
                    .bind("work", work)
                    .bind("owner", owner)
                    .bind("until", newUntilMs)
                    .execute();
        }
        return !isTaken;
    }

    /** Releases the lease, so that another replica gets it at once. */
    public synchronized void release() {
        untilMs = 0;
        try {
            database.inTransaction(
                    handle -> handle.createUpdate("delete from lease where work = :work and owner = :owner")
                            .bind("work", work)
                            .bind("owner", owner)
                            .execute());
        } catch (SQLException | RuntimeException e) {
            LOG.debug("{}: not released; another takes over in {}", work, LENGTH, e);
        }
    }
}
