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
    };

    /** The URL of a new database. */
    public abstract String url();

    public Database open() {
        return new Database(url());
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
