package dev.weir.standalone.command.collect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.CollectorTypes;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorSetup;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

public class SettingsCommandTest {
    private static final CollectorType<Settings> TYPE = CollectorType.of(
            "single",
            "One flow to a port.",
            Settings.class,
            (setup, settings) -> settings.port() == null
                    ? null
                    : new Single(setup, settings.port(), settings.inner().host()),
            (checks, settings) -> {});

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    public record Inner(@Nullable String host) {}

    public record Settings(@Nullable Integer port, Inner inner) {
        public Settings(@Nullable Integer port, @Nullable Inner inner) {
            this.port = port;
            this.inner = inner == null ? new Inner("10.0.0.1") : inner;
        }
    }

    private int run(String... arguments) {
        CommandLine line = new CommandLine(new SettingsCommand(TYPE));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println(e.getMessage());
            return 2;
        });
        return line.execute(arguments);
    }

    @Test
    void flowsOfTheCollectorArePrinted() {
        assertThat(run("--set", "port=443", "--set", "inner.host=10.0.0.9", "--count", "1"))
                .isZero();
        assertThat(out.toString()).contains("\"port\":443").contains("10.0.0.9");
    }

    @Test
    void collectorIsSwitchedOffThenItsKeysAreNamed() {
        assertThat(run("--count", "1")).isEqualTo(2);
        assertThat(err.toString())
                .contains("single is switched off by its settings")
                .contains("port, inner");
    }

    @Test
    void unknownKeyIsNamedWithTheClosest() {
        assertThat(run("--set", "prot=1")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--set.prot: there is no such setting")
                .contains("'port'");
    }

    @Test
    void valueAndSectionOfOneKeyAreRefused() {
        assertThat(run("--set", "inner=a", "--set", "inner.host=b")).isEqualTo(2);
    }

    @Test
    void everyCollectorThatRunsAloneHasACommand() {
        CommandLine collect = new CommandLine(new CollectCommand());
        assertThat(collect.getSubcommands().keySet())
                .containsAll(CollectorTypes.ALL.stream()
                        .filter(CollectorType::runsAlone)
                        .map(CollectorType::kind)
                        .toList());
        collect.setOut(new PrintWriter(out, true)).execute("--list");
        assertThat(out.toString()).contains(CollectorTypes.ALL.get(1).title());
    }

    /** Emits one flow at its start. */
    private static final class Single implements Collector {
        private final FlowPipeline pipeline;
        private final int port;
        private final @Nullable String host;

        Single(CollectorSetup setup, int port, @Nullable String host) {
            this.pipeline = setup.waiting("single");
            this.port = port;
            this.host = host;
        }

        @Override
        public String kind() {
            return "single";
        }

        @Override
        public void start() {
            pipeline.accept(Flow.builder()
                    .startMs(1_000L)
                    .endMs(2_000L)
                    .protocol("TCP")
                    .source(Endpoint.builder().ip(host).port(40_000).build())
                    .destination(Endpoint.builder().ip("10.0.0.2").port(port).build())
                    .build());
            pipeline.flush();
        }

        @Override
        public void close() {}
    }
}
