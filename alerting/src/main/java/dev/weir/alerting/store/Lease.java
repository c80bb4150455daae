package dev.weir.alerting.store;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A work that one of several replicas does at a time. Another takes over when it was not renewed for {@link #LENGTH}. */
public final class Lease {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    /** For how long it is had after it was asked for or renewed. */
    public static final Duration LENGTH = Duration.ofSeconds(8);

    private static final Duration RENEW = Duration.ofSeconds(2);
    /** Whoever was told that it has it has it for as long at least: what it does then must not take longer. */
    public static final Duration LEFT = LENGTH.minus(RENEW);

    private static final long ASK_AGAIN_MS = 1_000;

    private final Database database;
    private final String work;
    private final InstantSource clock;
    private final String owner = UUID.randomUUID().toString();
    private long untilMs;
    private long notBeforeMs;

    /** @param work its name, the same for all replicas */
    public Lease(Database database, String work, InstantSource clock) {
        this.database = database;
        this.work = work;
        this.clock = clock;
    }

    /** Whether it is this replica that does it, now and for {@link #LEFT}. */
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

    /** Keeps it if this replica has it, for work that takes longer than {@link #LEFT}. */
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

    /** This replica does it no more. */
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
