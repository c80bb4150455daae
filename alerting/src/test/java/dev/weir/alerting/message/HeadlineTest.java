package dev.weir.alerting.message;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.message.Notification.Kind;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The line that every receiver which people read begins with. */
class HeadlineTest {
    /** Alerts by id, with the incident and its status; those of an incident that is over are over. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FIRING   | a:i:OPEN                       |          | title of a",
                "UPDATED  | a:i:OPEN                       |          | Update: title of a",
                "UPDATED  | a:i:OPEN b:i:OPEN              |          | Update: incident i",
                "REPEATED | a:i:ACKNOWLEDGED b:j:OPEN c:j:OPEN |      | Still open: title of a and 2 more",
                "REPEATED | a:i:OPEN b:j:OPEN              | Ours     | Still open: Ours",
                "RESOLVED | a:i:RESOLVED                   |          | Resolved: title of a",
                "RESOLVED | a:i:EXPECTED                   |          | False alarm: title of a",
                "RESOLVED | a:i:EXPECTED b:i:EXPECTED      |          | False alarm: incident i",
                "RESOLVED | a:i:EXPECTED b:j:EXPECTED      |          | False alarm: title of a and 1 more",
                "RESOLVED | a:i:EXPECTED b:j:RESOLVED      |          | Resolved: title of a and 1 more",
                "RESOLVED | a:i:EXPECTED                   | Ours     | False alarm: Ours",
                "DIGEST   | a:i:OPEN b:j:OPEN              |          | 2 alerts in 7 notifications, the worst: title of a",
                "TEST     | a:i:OPEN                       |          | Test: title of a",
            })
    void headlineSaysWhyAndOfWhat(Kind kind, String alerts, @Nullable String title, String headline) {
        Map<String, Incident> incidents = new TreeMap<>();
        List<Alert> firing = new ArrayList<>();
        List<Alert> over = new ArrayList<>();
        for (String each : alerts.split(" ")) {
            String[] parts = each.split(":");
            IncidentStatus status = IncidentStatus.valueOf(parts[2]);
            incidents.put(parts[1], incident(parts[1], status));
            (status.isActive() ? firing : over).add(titled(parts[0]).within(parts[1], null, null));
        }
        Notification notification = Notification.builder("n", kind)
                .receiver("r")
                .groupKey("g")
                .incidents(List.copyOf(incidents.values()))
                .alerts(firing)
                .resolved(over)
                .notifications(7)
                .title(title)
                .build();
        assertThat(notification.headline()).isEqualTo(headline);
    }

    private static Incident incident(String id, IncidentStatus status) {
        return Incident.builder(id)
                .status(status)
                .severity(Severity.HIGH)
                .title("incident " + id)
                .namespace("shop")
                .alerts(2)
                .build();
    }

    private static Alert titled(String id) {
        Alert plain = alert(id, 1, Severity.HIGH, 30);
        return new Alert(
                id,
                plain.detector(),
                1,
                plain.category(),
                plain.severity(),
                1,
                "title of " + id,
                plain.summary(),
                1,
                30,
                1,
                plain.source(),
                plain.destination(),
                plain.ports(),
                plain.protocol(),
                null,
                plain.techniques(),
                plain.evidence(),
                null,
                null,
                null,
                null);
    }
}
