package dev.weir.standalone.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.standalone.command.Weir;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Clients of a broker that asks for a name and a password, which they have in a file. */
class KafkaSaslTest {
    private static final String LOGIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"weir\" password=\"%s\";";

    @TempDir
    static Path folder;

    private static SecureBroker broker;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() {
        broker = SecureBroker.start(folder, "SASL", "SASL_PLAINTEXT", settings -> {
            settings.put("sasl.enabled.mechanisms", "PLAIN");
            settings.put(
                    "listener.name.sasl.plain.sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required user_weir=\"right\";");
        });
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void passwordInFileIsRightThenTopicsAreMade() throws Exception {
        assertThat(topics("right")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("weir.flows", "weir.positions");
    }

    @Test
    void passwordInFileIsWrongThenSentenceSaysSo() throws Exception {
        assertThat(topics("wrong")).isNotZero();
        assertThat(err.toString())
                .startsWith("weir: ")
                .containsIgnoringCase("authentication failed")
                .doesNotContain("Exception", "wrong");
    }

    private int topics(String password) throws Exception {
        Path login = Files.writeString(folder.resolve("login"), LOGIN.formatted(password));
        Path config = Files.writeString(folder.resolve("topics.yaml"), """
                kafka:
                  bootstrap_servers: %s
                  properties: {security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN}
                  properties_files: {sasl.jaas.config: %s}
                """.formatted(broker.address(), login));
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute("topics", "--config", config.toString());
    }
}
