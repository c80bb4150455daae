package dev.weir.standalone.command;

import dev.weir.alerting.Alerting;
import dev.weir.alerting.Receivers;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.Receiver;
import dev.weir.alerting.route.Routes;
import dev.weir.common.config.ConfigException;
import dev.weir.standalone.StartChecks;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs alerting alone, against a Kafka cluster. */
@Command(
        name = "alerting",
        description = "Run alerting alone, against Kafka; ingest and the Flink job run beside it.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class AlertingCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigFile config;

    @Override
    public Integer call() throws Exception {
        ProcessConfig.OfAlerting settings = settings(config);
        StartChecks.alerting(settings.alerting(), settings.kafka());
        Stopping stopping = new Stopping();
        DefaultExports.initialize();
        try (Alerting alerting = new Alerting(
                settings.alerting(),
                settings.kafka(),
                InstantSource.system(),
                CollectorRegistry.defaultRegistry,
                (alert, applied) -> {},
                () -> true)) {
            alerting.start();
            spec.commandLine().getOut().println("API       " + alerting.url() + "/api/v1/alerts");
            spec.commandLine().getOut().println("Metrics   " + alerting.url() + "/metrics");
            stopping.awaitAsked();
        } finally {
            stopping.stopped();
        }
        return 0;
    }

    @Command(
            name = "check",
            description = "Validate the configuration, receivers and routes without sending anything.",
            mixinStandardHelpOptions = true)
    int check(@Mixin ConfigFile file) {
        ProcessConfig.OfAlerting settings = settings(file);
        StartChecks.alertingFiles(settings.alerting(), settings.kafka());
        Receivers receivers = receivers(settings);
        TextTable table = new TextTable("ROUTE", "RECEIVER", "GROUP BY", "WAIT", "INTERVAL", "REPEAT");
        for (Routes.Route route : receivers.routes().all()) {
            table.add(
                    route.path(),
                    route.receiver().isEmpty() ? "-" : route.receiver(),
                    String.join(", ", route.groupBy()),
                    route.groupWait().toSeconds() + "s",
                    route.groupInterval().toSeconds() + "s",
                    route.repeatInterval().isZero()
                            ? "never"
                            : route.repeatInterval().toSeconds() + "s");
        }
        PrintWriter out = spec.commandLine().getOut();
        table.print(out);
        for (Receiver receiver : receivers.all()) {
            out.println("receiver " + receiver.name() + " is of the kind "
                    + receiver.notifier().kind());
        }
        return 0;
    }

    @Command(
            name = "test",
            description = "Send a sample notification, and say what became of it.",
            mixinStandardHelpOptions = true)
    int test(
            @Mixin ConfigFile file,
            @Option(names = "--receiver", paramLabel = "NAME", description = "Send to this receiver only.") @Nullable String only)
            throws InterruptedException {
        Receivers receivers = receivers(settings(file));
        List<Receiver> tested = receivers.all().stream()
                .filter(receiver -> only == null || receiver.name().equals(only))
                .toList();
        if (tested.isEmpty()) {
            throw new ConfigException(
                    only == null
                            ? "there is no receiver in the configuration"
                            : "--receiver: there is none '" + only + "'");
        }
        boolean isDone = true;
        for (Receiver receiver : tested) {
            Delivery delivery = receiver.notifier().send(Receivers.sample(receiver.name(), InstantSource.system()));
            isDone &= delivery.isDelivered();
            spec.commandLine().getOut().println(receiver.name() + "  " + delivery.outcome());
        }
        return isDone ? 0 : ExitCode.FAILED;
    }

    private static ProcessConfig.OfAlerting settings(ConfigFile file) {
        return file.load(ProcessConfig.OfAlerting.class);
    }

    private static Receivers receivers(ProcessConfig.OfAlerting settings) {
        return Receivers.of(settings.alerting(), settings.kafka(), InstantSource.system());
    }
}
