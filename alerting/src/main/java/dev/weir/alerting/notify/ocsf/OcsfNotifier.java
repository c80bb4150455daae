package dev.weir.alerting.notify.ocsf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.incident.Lifecycle;
import dev.weir.alerting.message.AlertMessage;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.NotifierSetup;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.common.config.ConfigException;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.codec.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a line of JSON for each alert: a Detection Finding (class 2004) of OCSF 1.3. */
public final class OcsfNotifier implements Notifier {
    public static final NotifierType<OcsfConfig> TYPE = NotifierType.of("ocsf", OcsfConfig.class, OcsfNotifier::of);

    private static final int CLASS = 2004;
    private static final int FINDINGS = 2;
    private static final int CREATE = 1;
    private static final int UPDATE = 2;
    private static final int CLOSE = 3;
    private static final int STATUS_NEW = 1;
    private static final int STATUS_IN_PROGRESS = 2;
    /** The status of a finding that was reviewed and is benign. */
    private static final int STATUS_SUPPRESSED = 3;

    private static final int STATUS_RESOLVED = 4;

    private final Lines lines;
    private final Links links;

    /**
     * Creates a notifier that writes lines.
     *
     * @param links the addresses that messages link to
     */
    public OcsfNotifier(Lines lines, Links links) {
        this.lines = lines;
        this.links = links;
    }

    @Override
    public void close() {
        lines.close();
    }

    private static @Nullable Notifier of(NotifierSetup setup, OcsfConfig config) {
        String file = config.file();
        String topic = config.topic();
        if (file != null && topic != null) {
            throw new ConfigException(
                    setup.where() + ": must have either a file or a topic; use two receivers for both");
        }
        if (topic != null) {
            return new OcsfNotifier(new TopicLines(setup.kafka(), topic), setup.links());
        }
        if (file == null) {
            return null;
        }
        Path folder = Path.of(file).toAbsolutePath().getParent();
        if (folder == null || !folder.toFile().isDirectory()) {
            throw new ConfigException(setup.key("file") + ": there is no folder " + folder);
        }
        return new OcsfNotifier(new FileLines(Path.of(file)), setup.links());
    }

    @Override
    public String kind() {
        return TYPE.kind();
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public Delivery send(Notification notification) throws InterruptedException {
        List<Line> all = new ArrayList<>();
        int activity = notification.kind() == Notification.Kind.FIRING ? CREATE : UPDATE;
        int status = activity == CREATE ? STATUS_NEW : STATUS_IN_PROGRESS;
        notification.alerts().forEach(alert -> all.add(line(notification, alert, activity, status)));
        notification
                .resolved()
                .forEach(alert -> all.add(line(
                        notification,
                        alert,
                        CLOSE,
                        notification.isExpected(alert) ? STATUS_SUPPRESSED : STATUS_RESOLVED)));
        return lines.add(all);
    }

    private Line line(Notification notification, Alert alert, int activity, int status) {
        ObjectNode finding = Json.MAPPER.createObjectNode();
        finding.put("class_uid", CLASS);
        finding.put("category_uid", FINDINGS);
        finding.put("activity_id", activity);
        finding.put("type_uid", CLASS * 100 + activity);
        finding.put("time", notification.atMs());
        finding.put("severity_id", alert.severity().ordinal() + 2);
        finding.put("status_id", status);
        finding.put("confidence_score", Math.round(alert.confidence() * 100));
        finding.put("message", alert.summary());
        finding.put("count", alert.count());
        ObjectNode metadata = finding.putObject("metadata").put("version", "1.3.0");
        metadata.put("uid", notification.id() + "-" + alert.id());
        metadata.putObject("product").put("name", "Weir").put("vendor_name", "Weir");
        String runbook = links.runbook(alert);
        ObjectNode info = finding.putObject("finding_info");
        info.put("uid", alert.id()).put("title", alert.title()).put("desc", new AlertMessage(alert, runbook).details());
        info.put("first_seen_time", alert.firstSeenMs()).put("last_seen_time", alert.lastSeenMs());
        info.put("src_url", links.incident(Lifecycle.idOf(alert)));
        if (runbook != null) {
            finding.putObject("remediation")
                    .put("desc", "See the runbook of " + alert.detector() + ".")
                    .putArray("references")
                    .add(runbook);
        }
        info.putArray("types").add(alert.detector());
        info.putObject("analytic").put("name", alert.detector()).put("type_id", 1);
        alert.techniques().forEach(technique -> info.withArrayProperty("attacks")
                .addObject()
                .putObject("technique")
                .put("uid", technique));
        if (alert.incident() != null) {
            info.withArrayProperty("related_events").addObject().put("uid", alert.incident());
        }
        ObjectNode evidence = finding.putArray("evidences").addObject();
        end(evidence.putObject("src_endpoint"), alert.source());
        ObjectNode destination = evidence.putObject("dst_endpoint");
        end(destination, alert.destination());
        if (!alert.ports().isEmpty()) {
            destination.put("port", alert.ports().get(0));
        }
        return new Line(alert.id(), Json.write(finding));
    }

    private static void end(ObjectNode endpoint, @Nullable Entity end) {
        if (end == null) {
            return;
        }
        endpoint.put("name", end.display());
        if (end.ip() != null) {
            endpoint.put("ip", end.ip());
        }
        if (end.namespace() != null) {
            endpoint.put("domain", end.namespace());
        }
    }
}
