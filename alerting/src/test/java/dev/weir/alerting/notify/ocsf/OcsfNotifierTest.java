package dev.weir.alerting.notify.ocsf;

import static dev.weir.alerting.Notifications.LINKS;
import static dev.weir.alerting.Notifications.firing;
import static dev.weir.alerting.Notifications.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.notify.Delivery;
import dev.weir.model.codec.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts as detection findings of OCSF, in a file. */
class OcsfNotifierTest {
    @TempDir
    Path folder;

    @Test
    void linesAreDetectionFindings() throws Exception {
        Path file = folder.resolve("findings.ndjson");
        OcsfNotifier notifier = new OcsfNotifier(new FileLines(file), LINKS);
        assertThat(notifier.send(firing())).isInstanceOf(Delivery.Delivered.class);
        assertThat(notifier.send(resolved())).isInstanceOf(Delivery.Delivered.class);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        JsonNode opened = Json.MAPPER.readTree(lines.get(0));
        assertThat(opened.path("class_uid").asInt()).isEqualTo(2004);
        assertThat(opened.path("type_uid").asInt()).isEqualTo(200401);
        assertThat(opened.path("severity_id").asInt()).isEqualTo(4);
        assertThat(opened.at("/finding_info/uid").asText()).isEqualTo("a");
        assertThat(opened.at("/evidences/0/src_endpoint/ip").asText()).isEqualTo("10.0.0.1");
        assertThat(opened.at("/evidences/0/dst_endpoint/port").asInt()).isEqualTo(5432);
        assertThat(Json.MAPPER.readTree(lines.get(1)).path("status_id").asInt()).isEqualTo(4);
        assertThat(new OcsfNotifier(new FileLines(folder.resolve("none/x")), LINKS).send(firing()))
                .isInstanceOf(Delivery.RetryLater.class);
    }
}
