package dev.weir.alerting.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.UnavailableException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** The connection pool, with the schema brought up to date when it is opened. H2 and PostgreSQL. */
public final class Database implements AutoCloseable {
    private static final Map<String, String> H2_SETTINGS =
            Map.of("DB_CLOSE_ON_EXIT", "FALSE", "RETENTION_TIME", "2000");
    private static final int CONNECTIONS = 8;
    private static final int ATTEMPTS = 6;
    private static final int PAUSE_MS = 50;
    /**
     * SQL states after which the same work may succeed: a deadlock, a serialization failure, a lock not had in time, and a
     * row that another replica has just inserted.
     */
    private static final Set<String> WORTH_ANOTHER_TRY = Set.of("40001", "40P01", "HYT00", "55P03", "23505");

    private final HikariDataSource pool;
    private final Jdbi jdbi;

    /**
     * @param url JDBC URL, for example {@code jdbc:h2:file:./data/alerting/weir} or
     *     {@code jdbc:postgresql://db/weir?user=weir&password=...}
     * @throws UnavailableException when it cannot be opened or brought up to date
     * @throws ConfigException when it is no such URL
     */
    public Database(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(withSettings(url));
        config.setMaximumPoolSize(CONNECTIONS);
        config.setPoolName("weir-alerting");
        this.pool = open(config, url);
        try {
            Flyway.configure().dataSource(pool).load().migrate();
        } catch (FlywayException e) {
            pool.close();
            throw new UnavailableException("alerting.database: " + withoutSecrets(url)
                    + " cannot be brought up to date: " + firstLine(e)
                    + "; the user must own the schema, and the database must not be newer than this version of Weir");
        }
        this.jdbi = Jdbi.create(pool);
    }

    private static HikariDataSource open(HikariConfig config, String url) {
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            throw new UnavailableException("alerting.database: " + withoutSecrets(url) + " cannot be opened: "
                    + firstLine(e) + "; check host, port, database, user and password of the JDBC URL");
        } catch (RuntimeException e) {
            // Hikari's words for a URL that no driver takes.
            throw new ConfigException(
                    "alerting.database: " + withoutSecrets(url)
                            + " is no JDBC URL of H2 or PostgreSQL, such as jdbc:h2:file:./data/weir or jdbc:postgresql://db/weir");
        }
    }

    /** What comes before the parameters, a password among them. */
    private static String withoutSecrets(String url) {
        return url.split("[?;]", 2)[0].replaceAll("//[^/@]*@", "//");
    }

    /** The innermost cause's first line; that says what happened, and the others what was tried. */
    private static String firstLine(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage())
                .lines()
                .findFirst()
                .orElse(cause.getClass().getSimpleName());
    }

    /**
     * With the settings that Weir needs of H2, unless the URL has others. It would close itself when the process is asked to end, before
     * those who still have something to write are done; and it would keep pages that are written anew for 45 seconds, which makes the
     * file several times as large as what is in it while much changes.
     */
    private static String withSettings(String url) {
        if (!url.startsWith("jdbc:h2:")) {
            return url;
        }
        String known = url.toUpperCase(Locale.ROOT);
        StringBuilder with = new StringBuilder(url);
        H2_SETTINGS.forEach((setting, value) -> {
            if (!known.contains(setting + "=")) {
                with.append(';').append(setting).append('=').append(value);
            }
        });
        return with.toString();
    }

    /** Work on a connection. */
    public interface Work<T> {
        T run(Handle handle) throws SQLException;
    }

    /** All of the work or none of it; it is done again when others were in the way. */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return jdbi.inTransaction(work::run);
            } catch (JdbiException e) {
                SQLException cause = cause(e);
                if (attempt == ATTEMPTS || !WORTH_ANOTHER_TRY.contains(String.valueOf(cause.getSQLState()))) {
                    throw cause;
                }
                pause(attempt);
            }
        }
    }

    /** Work that only reads. */
    public <T> T query(Work<T> work) throws SQLException {
        try {
            return jdbi.withHandle(work::run);
        } catch (JdbiException e) {
            throw cause(e);
        }
    }

    /** Whether a value does not fit its column or its index, so that trying again is of no use. */
    public static boolean isUnfit(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("54"));
    }

    private static SQLException cause(JdbiException e) throws SQLException {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        throw e;
    }

    private static void pause(int attempt) throws SQLException {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(1, (long) attempt * PAUSE_MS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for another try", e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
