package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.AlertingConfig.HttpConfig;
import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.api.Api;
import dev.weir.alerting.auth.Guard;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.auth.Tokens;
import dev.weir.alerting.cluster.ClusterView;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.service.NotificationGroups;
import dev.weir.alerting.store.BaselineStore;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Progress;
import dev.weir.common.config.ConfigLoader;
import dev.weir.model.Alert;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.Weir;
import io.prometheus.client.CollectorRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.AnnotatedElement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The client commands against a real API. */
class ClientCommandTest {
    private static final Pattern ENVIRONMENT = Pattern.compile("\\$\\{env:(WEIR_[A-Z_]+)");

    @TempDir
    Path folder;

    private Database database;
    private IncidentService incidents;
    private Api api;
    private String url;
    private Path tokenFile;
    private String out;
    private String err;

    @BeforeEach
    void start() throws Exception {
        CollectorRegistry registry = new CollectorRegistry();
        AlertingMetrics metrics = new AlertingMetrics(registry);
        InstantSource clock = InstantSource.system();
        database = new Database("jdbc:h2:file:" + folder.resolve("weir"));
        incidents = IncidentService.of(
                database, new NotificationGroups(database, Routes.toAll(Map.of()), Map.of()), clock, metrics);
        incidents.alerts().take(List.of(alert("a1", Severity.HIGH), alert("a2", Severity.LOW)));
        String token = Tokens.random();
        tokenFile = Files.writeString(folder.resolve("token"), token + "\n");
        api = new Api(
                HttpConfig.at(null, 0),
                new Guard(Tokens.of(null, token), null, "127.0.0.1", null, 1_000),
                database,
                incidents,
                new ClusterView(clock),
                new Links("https://weir.example", "https://runbooks.example"),
                clock,
                registry,
                () -> true,
                metrics);
        api.start();
        url = api.url();
    }

    @AfterEach
    void stop() {
        api.close();
        database.close();
    }

    private static Alert alert(String id, Severity severity) {
        return new Alert(
                id,
                "port-scan",
                1,
                "discovery",
                severity,
                0.9,
                "shop/web scans shop/db",
                "It tried many ports.",
                1_790_000_000_000L,
                1_790_000_010_000L,
                20,
                Entity.workload("shop", "web", "Deployment"),
                Entity.workload("shop", "db", "StatefulSet"),
                List.of(22, 80),
                "TCP",
                null,
                List.of("T1046"),
                new Evidence(Map.of("ports", 20.0), Map.of("ports_below", 15.0), List.of(), List.of()),
                null,
                "i1",
                null,
                null);
    }

    private int run(String... arguments) {
        StringWriter stdout = new StringWriter();
        StringWriter stderr = new StringWriter();
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(stdout));
        line.setErr(new PrintWriter(stderr));
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--url", url, "--token-file", tokenFile.toString()));
        int code = line.execute(all.toArray(String[]::new));
        line.getOut().flush();
        line.getErr().flush();
        out = stdout.toString();
        err = stderr.toString();
        return code;
    }

    private JsonNode json() throws Exception {
        return Json.MAPPER.readTree(out);
    }

    @Test
    void listOfManyPagesIsShownWhole() throws Exception {
        IncidentChange note = new IncidentChange(IncidentChange.Action.NOTE, "ann", "again", null, null);
        for (int i = 0; i < 1_100; i++) {
            incidents.changes().apply("i1", null, note, NamespaceScope.ALL);
        }
        incidents
                .changes()
                .apply(
                        "i1",
                        null,
                        new IncidentChange(IncidentChange.Action.RESOLVE, "bob", "done", null, null),
                        NamespaceScope.ALL);
        assertThat(run("incidents", "show", "i1")).isZero();
        assertThat(out.lines().reduce((first, last) -> last))
                .hasValueSatisfying(last -> assertThat(last).contains("bob", "resolved", "done"));
        assertThat(run("incidents", "show", "i1", "-o", "json")).isZero();
        assertThat(json().path("timeline")).hasSizeGreaterThan(1_100);
        assertThat(run("incidents", "list", "--limit", "5000")).isZero();
        assertThat(run("suppress", "list")).isZero();
    }

    @Test
    void aTokensLineIsReadAsItWasMeant() throws Exception {
        CommandLine line = Weir.commandLine();
        StringWriter printed = new StringWriter();
        line.setOut(new PrintWriter(printed));
        assertThat(line.execute("token", "--name", "Doe, Jane: {x}", "--role", "admin", "--namespace", "1e3"))
                .isZero();
        line.getOut().flush();
        List<String> lines = printed.toString().lines().toList();
        String token = lines.get(0).replaceFirst("token +", "");
        Path file = Files.writeString(
                folder.resolve("tokens.yaml"), "tokens:\n" + lines.get(1).replaceFirst("line +", "  ") + "\n");
        assertThat(Tokens.of(file.toString(), null).find(token)).hasValueSatisfying(caller -> {
            assertThat(caller.name()).isEqualTo("Doe, Jane: {x}");
            assertThat(caller.scope().namespaces()).containsExactly("1e3");
        });
    }

    /** The environment variables of the commands are no unknown settings of a process that has the same environment. */
    @Test
    void variablesOfTheCommandsAreKnown() {
        Set<String> variables = new TreeSet<>();
        Deque<CommandLine> left = new ArrayDeque<>(List.of(Weir.commandLine()));
        while (!left.isEmpty()) {
            CommandLine command = left.remove();
            left.addAll(command.getSubcommands().values());
            for (OptionSpec option : command.getCommandSpec().options()) {
                Option said = option.userObject() instanceof AnnotatedElement element
                        ? element.getAnnotation(Option.class)
                        : null;
                Matcher variable = ENVIRONMENT.matcher(said == null ? "" : said.defaultValue());
                while (variable.find()) {
                    variables.add(variable.group(1));
                }
            }
        }
        assertThat(variables).contains("WEIR_URL", "WEIR_TOKEN_FILE", "WEIR_CA_FILE");
        variables.forEach(each -> ConfigLoader.load(null, UpConfig.class, Map.of(each, "x")));
    }

    @Test
    void endOfASnoozeMustBeAValidTime() {
        assertThat(run("incidents", "snooze", "i1", "--for", "999999999999d")).isEqualTo(2);
        assertThat(err).contains("999999999999d", "longer than the longest time");
    }

    @Test
    void aFileWithMoreThanATokenIsRefusedAndNotSaid() throws Exception {
        Files.writeString(tokenFile, "weir_secret\nweir_secret");
        assertThat(run("alerts", "list")).isEqualTo(2);
        assertThat(err).contains("--token-file").doesNotContain("weir_secret");
        assertThat(out).doesNotContain("weir_secret");
    }

    @Test
    void alertsAreListedShownAndExported() throws Exception {
        assertThat(run("alerts", "list")).isZero();
        assertThat(out.lines().toList()).hasSize(3);
        assertThat(out.lines().findFirst())
                .hasValueSatisfying(first -> assertThat(first).startsWith("ID").doesNotContain("CONFIDENCE"));
        assertThat(run("alerts", "list", "--severity", "high", "-o", "wide")).isZero();
        assertThat(out).contains("a1", "shop/web", "shop/db", "CONFIDENCE").doesNotContain("a2");
        assertThat(run("alerts", "list", "-o", "json")).isZero();
        assertThat(json()).hasSize(2);
        assertThat(run("alerts", "list", "-o", "yaml")).isZero();
        assertThat(out).startsWith("- id: \"a1\"");
        assertThat(run("alerts", "show", "a1")).isZero();
        assertThat(out).contains("port-scan", "incident i1", "shop/web scans shop/db");
        assertThat(out)
                .contains("  evidence  20 flows; observed: ports 20; expected: ports below 15\n")
                .contains("  runbook   https://runbooks.example/port-scan.md\n");
        assertThat(run("alerts", "show", "a1", "-o", "json")).isZero();
        assertThat(json().at("/evidence/expected/ports_below").asInt()).isEqualTo(15);
        assertThat(json().path("runbook_url").asText()).isEqualTo("https://runbooks.example/port-scan.md");
        assertThat(run("alerts", "export", "-n", "shop")).isZero();
        assertThat(out.lines().map(line -> Json.read(line.getBytes(StandardCharsets.UTF_8), Alert.class)))
                .containsExactly(alert("a1", Severity.HIGH), alert("a2", Severity.LOW));
    }

    @Test
    void changeIsAppendedToTheTimeline() throws Exception {
        assertThat(run("alerts", "ack", "a1", "--reason", "mine")).isZero();
        assertThat(out).startsWith("i1  acknowledged");
        assertThat(run("alerts", "assign", "a1", "--to", "bob")).isZero();
        assertThat(run("alerts", "note", "a1", "looked at it")).isZero();
        assertThat(run("alerts", "snooze", "a1", "--for", "4h")).isZero();
        assertThat(out).contains("snoozed until");
        assertThat(run("incidents", "show", "i1")).isZero();
        assertThat(out).contains("acknowledged, high, 2 alerts, assigned to bob", "admin", "mine", "looked at it");
        assertThat(run("incidents", "list", "--status", "acknowledged")).isZero();
        assertThat(out).contains("i1");
        assertThat(run("incidents", "resolve", "i1")).isZero();
        assertThat(run("alerts", "ack", "a1")).isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("reopen it first (409)");
        assertThat(run("incidents", "reopen", "i1")).isZero();
        assertThat(run("alerts", "expected", "a1", "--reason", "a test")).isZero();
        assertThat(run("alerts", "expected", "a2", "-o", "json")).isZero();
        assertThat(json().path("decision").asText()).isEqualTo("expected");
        assertThat(run("incidents", "list", "--status", "expected")).isZero();
        assertThat(out).as("all of its alerts are").contains("i1");
        assertThat(run("alerts", "expected", "a1", "--not")).isZero();
        assertThat(out).isEqualTo("a1  not_expected\n");
    }

    @Test
    void suppressionsAndBaselinesAreDecidedOn() throws Exception {
        assertThat(run("suppress", "add", "--detector", "flood", "-n", "shop", "--for", "7d", "--reason", "load test"))
                .isZero();
        String id = out.substring(0, out.indexOf(' '));
        assertThat(run("suppress", "list")).isZero();
        assertThat(out).contains(id, "flood", "load test");
        assertThat(run("suppress", "undo", id)).isZero();
        assertThat(run("suppress", "list")).isZero();
        assertThat(out).doesNotContain(id);
        assertThat(run("baseline", "show", "shop/web")).isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("there is no baseline of the workload shop/web");
        new BaselineStore(database)
                .put(
                        List.of(new Baseline(
                                null,
                                Entity.workload("shop", "web", "Deployment"),
                                "new-edge",
                                BaselineState.WATCHING,
                                false,
                                0,
                                5,
                                3,
                                0.1,
                                1,
                                List.of(new Baseline.Member("shop/db TCP/5432", 0, 5, 3, true)))),
                        Progress.NONE);
        assertThat(run("baseline", "show", "shop/web")).isZero();
        assertThat(out).contains("new-edge: watching, 1 known", "shop/db TCP/5432", "until a person decides");
        assertThat(run("baseline", "lock", "shop/web", "--reason", "complete")).isZero();
        assertThat(run("baseline", "relearn", "shop")).isEqualTo(ExitCode.WRONG);
        assertThat(err).contains("NAMESPACE/NAME");
    }

    @Test
    void mistakesAreSaidPlainly() throws Exception {
        assertThat(run("alerts", "show", "nothing")).isEqualTo(ExitCode.FAILED);
        assertThat(err)
                .isEqualTo(
                        "weir: there is no alert nothing; GET /api/v1/alerts, or weir alerts list, gives the ids (404)\n");
        assertThat(run("alerts", "list", "--severity", "bad")).isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("low, medium, high, critical");
        assertThat(run("alerts", "nonsense")).isEqualTo(ExitCode.WRONG);
        Files.writeString(tokenFile, "wrong");
        assertThat(run("alerts", "list")).isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("the token is unknown (401)");
        api.close();
        assertThat(run("alerts", "list")).isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("nothing answers at http://127.0.0.1:");
    }
}
