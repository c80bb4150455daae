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

/** The connection pool of H2 or PostgreSQL; opening it migrates the schema. */
public final class Database implements AutoCloseable {
    private static final Map<String, String> H2_SETTINGS =
            Map.of("DB_CLOSE_ON_EXIT", "FALSE", "RETENTION_TIME", "2000", "WRITE_DELAY", "0");
    private static final int CONNECTIONS = 8;
    private static final int ATTEMPTS = 6;
    private static final int PAUSE_MS = 50;
    /**
     * SQL states that a repeated transaction may get past: deadlock, serialization failure, lock timeout, and a unique
     * key that another replica has just inserted.
     */
    private static final Set<String> RETRYABLE = Set.of("40001", "40P01", "HYT00", "55P03", "23505");

    private final HikariDataSource pool;
    private final Jdbi jdbi;

    /**
     * Opens the pool and migrates the schema.
     *
     * @param url JDBC URL, for example {@code jdbc:h2:file:./data/alerting/weir} or {@code
     *     jdbc:postgresql://db/weir?user=weir&password=...}
     * @throws UnavailableException if the database cannot be opened or migrated
     * @throws ConfigException if it is not a JDBC URL of H2 or PostgreSQL
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
                    + " cannot be migrated: " + firstLine(e)
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
            // Hikari wraps errors of an unknown URL in a RuntimeException.
            throw new ConfigException(
                    "alerting.database: " + withoutSecrets(url)
                            + " is not a JDBC URL of H2 or PostgreSQL, such as jdbc:h2:file:./data/weir or jdbc:postgresql://db/weir");
        }
    }

    /** The URL without user, password and parameters. */
    private static String withoutSecrets(String url) {
        return url.split("[?;]", 2)[0].replaceAll("//[^/@]*@", "//");
    }

    /** The first line of the innermost cause; outer messages name the attempt only. */
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
     * Adds Weir's settings of H2 that the URL does not have. DB_CLOSE_ON_EXIT: by default H2 closes at a signal, before
     * threads have written their last changes. RETENTION_TIME: by default H2 keeps replaced pages for 45 s, which makes
     * the file several times as large as its content. WRITE_DELAY: by default H2 writes a commit within half a second,
     * so that a process which is killed loses answers that it gave.
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

    /** Work with a connection. */
    public interface Work<T> {
        T run(Handle handle) throws SQLException;
    }

    /** Runs work in a transaction, and again if it conflicts with another transaction. */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return jdbi.inTransaction(work::run);
            } catch (JdbiException e) {
                SQLException cause = cause(e);
                if (attempt == ATTEMPTS || !RETRYABLE.contains(String.valueOf(cause.getSQLState()))) {
                    throw cause;
                }
                pause(attempt);
            }
        }
    }

    /** Runs work that only reads. */
    public <T> T query(Work<T> work) throws SQLException {
        try {
            return jdbi.withHandle(work::run);
        } catch (JdbiException e) {
            throw cause(e);
        }
    }

    /** True if a value does not fit its column or index, so that a retry fails too. */
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
            throw new SQLException("interrupted before the next attempt", e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
