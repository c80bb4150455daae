package dev.weir.alerting.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/** Empty databases of both kinds. PostgreSQL is started once for all tests of a JVM. */
public enum Databases {
    H2 {
        @Override
        public String url() {
            try {
                return "jdbc:h2:file:" + Files.createTempDirectory("weir-h2").resolve("weir");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        String blockedSessions() {
            return "select count(*) from information_schema.sessions where blocker_id is not null";
        }
    },
    POSTGRESQL {
        @Override
        public String url() {
            String name = "weir_" + UUID.randomUUID().toString().replace("-", "");
            try (Connection connection = Server.POSTGRES.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create database " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return Server.POSTGRES.getJdbcUrl("postgres", name);
        }

        @Override
        String blockedSessions() {
            return "select count(*) from pg_stat_activity"
                    + " where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0";
        }
    };

    /** The URL of a new database. */
    public abstract String url();

    /** The query for the number of sessions that wait for a lock of another session. */
    abstract String blockedSessions();

    public Database open() {
        return new Database(url());
    }

    /** True if a session waits for a lock of another session. */
    public boolean isBlocking(Database database) throws SQLException {
        return database.query(handle ->
                        handle.createQuery(blockedSessions()).mapTo(Long.class).one())
                > 0;
    }

    private static final class Server {
        private static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
