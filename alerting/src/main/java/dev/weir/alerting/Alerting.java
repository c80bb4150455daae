package dev.weir.alerting;

import dev.weir.alerting.api.Api;
import dev.weir.alerting.auth.Guard;
import dev.weir.alerting.auth.Oidc;
import dev.weir.alerting.auth.Tokens;
import dev.weir.alerting.cluster.ClusterView;
import dev.weir.alerting.feedback.FeedbackPublisher;
import dev.weir.alerting.intake.ActivityIntake;
import dev.weir.alerting.intake.AlertIntake;
import dev.weir.alerting.intake.BaselineIntake;
import dev.weir.alerting.intake.ContextIntake;
import dev.weir.alerting.intake.FeedbackIntake;
import dev.weir.alerting.intake.Intake;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.notify.Outbox;
import dev.weir.alerting.notify.Secret;
import dev.weir.alerting.service.IncidentService;
import dev.weir.alerting.service.NotificationGroups;
import dev.weir.alerting.service.NotificationScheduler;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.BaselineStore;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.alerting.store.EdgeStore;
import dev.weir.alerting.store.IntakeOffsets;
import dev.weir.alerting.store.Lease;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import dev.weir.model.Alert;
import io.prometheus.client.CollectorRegistry;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/** The alerting process: database, intake of topics, notifications and HTTP API. */
public final class Alerting implements AutoCloseable {
    private final Database database;
    private final Outbox outbox;
    private final NotificationScheduler scheduler;
    private final FeedbackPublisher feedback;
    private final List<Intake> intakes;
    private final AlertIntake alerts;
    private final Api api;

    /**
     * Opens the database and prepares all parts; {@link #start} runs them.
     *
     * @param listener called with each alert after it is stored
     * @param upstream true once the other parts of this process are ready
     * @throws ConfigException if the configuration cannot be used
     * @throws UnavailableException if the database cannot be opened, read or written
     */
    public Alerting(
            AlertingConfig config,
            KafkaConfig kafka,
            InstantSource clock,
            CollectorRegistry registry,
            BiConsumer<Alert, AlertStore.Applied> listener,
            BooleanSupplier upstream) {
        String url = config.database();
        if (url == null) {
            throw new ConfigException("alerting.database is missing; give a JDBC URL such as jdbc:h2:file:./data/weir");
        }
        Links links = config.links();
        AlertingConfig.HttpConfig http = config.http();
        String adminToken = Secret.token(http.tokenFile(), "alerting.http.token");
        String oidcFile = http.oidc();
        Oidc oidc = oidcFile == null ? null : Oidc.of(oidcFile, clock);
        Guard guard = new Guard(
                Tokens.of(http.tokens(), adminToken), oidc, http.host(), http.publicUrl(), http.requestsPerSecond());
        AlertingMetrics metrics = new AlertingMetrics(registry);
        this.database = new Database(url);
        OutboxStore store = new OutboxStore(database);
        Receivers receivers = Receivers.of(config, kafka, clock);
        NotificationGroups groups =
                new NotificationGroups(database, receivers.routes(), receivers.resend(), receivers.complete());
        try {
            groups.adopt();
        } catch (SQLException e) {
            database.close();
            throw new UnavailableException(
                    "alerting.database: groups of notifications cannot be read or written: " + e.getMessage());
        }
        IncidentService incidents = IncidentService.of(database, groups, clock, metrics);
        this.outbox = new Outbox(store, receivers.all(), clock, metrics);
        BaselineStore baselineStore = new BaselineStore(database);
        EdgeStore edgeStore = new EdgeStore(database, config.edges());
        IntakeOffsets offsets = new IntakeOffsets(database);
        long retentionMs = config.retention().toMillis();
        List<NotificationScheduler.Task> tasks = List.of(
                // During an upgrade a replica of the previous version may still create groups without a key.
                new NotificationScheduler.Task("naming of notification groups", groups::adopt),
                new NotificationScheduler.Task("resolution of idle incidents", () -> incidents
                        .retention()
                        .resolveIdle(config.resolveAfter().toMillis())),
                new NotificationScheduler.Task(
                        "deletion of old incidents",
                        () -> metrics.incidentsDeleted.inc(incidents.retention().delete(retentionMs))),
                new NotificationScheduler.Task(
                        "deletion of incidents beyond alerting.most_alerts",
                        () -> metrics.incidentsDeleted.inc(incidents.retention().deleteSurplus(config.mostAlerts()))),
                new NotificationScheduler.Task(
                        "expiry of decisions", () -> incidents.decisions().expire(retentionMs)),
                new NotificationScheduler.Task(
                        "deletion of notifications without a receiver", () -> metrics.notifications
                                .labels("unconfigured", "deleted")
                                .inc(groups.deleteGone(clock.millis() - retentionMs))),
                new NotificationScheduler.Task(
                        "deletion of old baselines",
                        () -> metrics.baselinesDeleted.inc(baselineStore.delete(clock.millis() - retentionMs))),
                new NotificationScheduler.Task("deletion of old edges", () -> {
                    EdgeStore.Deleted deleted = edgeStore.delete(clock.millis());
                    metrics.edgesDeleted.inc(deleted.edges());
                    metrics.edgeTimesDeleted.inc(deleted.rows());
                }));
        this.scheduler = new NotificationScheduler(groups, store, tasks, outbox::wake, clock, metrics);
        ClusterView cluster = new ClusterView(clock);
        BiConsumer<Alert, AlertStore.Applied> stored = listener.andThen((alert, applied) -> scheduler.wake());
        this.alerts = new AlertIntake(kafka, config.group(), incidents.alerts(), offsets, stored, metrics);
        this.intakes = List.of(
                new BaselineIntake(kafka, config.group(), baselineStore, offsets, metrics),
                new ActivityIntake(kafka, config.group(), edgeStore, config.edges(), offsets, metrics),
                new FeedbackIntake(kafka, config.group(), incidents.decisions(), offsets, metrics),
                new ContextIntake(kafka, cluster, metrics));
        this.feedback = new FeedbackPublisher(
                kafka, new DecisionStore(database), new Lease(database, "feedback", clock), metrics);
        this.api = new Api(
                config.http(),
                guard,
                database,
                incidents,
                cluster,
                links,
                clock,
                registry,
                () -> alerts.ready() && upstream.getAsBoolean(),
                metrics);
    }

    public void start() {
        api.start();
        outbox.start();
        scheduler.start();
        feedback.start();
        intakes.forEach(Intake::start);
        alerts.start();
    }

    /** The base URL of the API. */
    public String url() {
        return api.url();
    }

    /** True once Kafka has assigned partitions of {@code weir.alerts} to this process. */
    public boolean ready() {
        return alerts.ready();
    }

    @Override
    public void close() {
        alerts.close();
        intakes.forEach(Intake::close);
        feedback.close();
        scheduler.close();
        outbox.close();
        api.close();
        database.close();
    }
}
