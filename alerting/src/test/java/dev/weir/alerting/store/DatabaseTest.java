package dev.weir.alerting.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.UnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseTest {
    /**
     * The server that tests start trusts every user, so an unknown user and a missing database stand for a wrong
     * password.
     */
    @ParameterizedTest
    @CsvSource({"'user=postgres','user=stranger&password=secret-word',stranger", "'/weir_','/none_','does not exist'"})
    void postgresRefusesLoginThenMessageSaysWhereAndWhy(String from, String to, String why) {
        String url = Databases.POSTGRESQL.url().replace(from, to);
        assertThatThrownBy(() -> new Database(url).close())
                .isInstanceOf(UnavailableException.class)
                .hasMessageContainingAll("alerting.database: jdbc:postgresql://", "cannot be opened", why)
                .hasMessageNotContaining("secret-word");
    }

    @Test
    void h2PasswordIsWrongThenMessageKeepsSecret() throws Exception {
        String url = Databases.H2.url();
        new Database(url + ";USER=weir;PASSWORD=right").close();
        assertThatThrownBy(() -> new Database(url + ";USER=weir;PASSWORD=secret-word").close())
                .isInstanceOf(UnavailableException.class)
                .hasMessageContainingAll("alerting.database: jdbc:h2:file:", "Wrong user name or password")
                .hasMessageNotContaining("secret-word");
    }

    /** A process that is killed leaves the file as it stands. */
    @Test
    void commitOfH2IsInTheFileAtOnce(@TempDir Path folder) throws Exception {
        String url = Databases.H2.url();
        try (Database database = new Database(url)) {
            for (int i = 0; i < 20; i++) {
                int number = i;
                database.inTransaction(handle -> handle.execute(
                        "update \"flyway_schema_history\" set \"checksum\" = ? where \"version\" = '3'", number));
            }
            Path file = Path.of(url.substring("jdbc:h2:file:".length()) + ".mv.db");
            Files.copy(file, folder.resolve("killed.mv.db"));
        }
        try (Connection killed = DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("killed"));
                ResultSet row = killed.createStatement()
                        .executeQuery("select \"checksum\" from \"flyway_schema_history\" where \"version\" = '3'")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isEqualTo(19);
        }
    }

    @ParameterizedTest
    @CsvSource({"nonsense", "jdbc:nonsense:x", "mysql://db/weir"})
    void urlOfNoDriverIsMistakeOfConfiguration(String url) {
        assertThatThrownBy(() -> new Database(url).close())
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("alerting.database: " + url, "jdbc:postgresql://db/weir");
    }

    @Test
    void scriptsDoNotMatchDatabaseThenRefusedInSentence() throws Exception {
        String url = Databases.H2.url();
        try (Database database = new Database(url)) {
            database.inTransaction(handle ->
                    handle.execute("update \"flyway_schema_history\" set \"checksum\" = 1 where \"version\" = '3'"));
        }
        assertThatThrownBy(() -> new Database(url).close())
                .isInstanceOf(UnavailableException.class)
                .hasMessageContainingAll("alerting.database: jdbc:h2:file:", "cannot be migrated");
    }
}
