package dev.weir.alerting.notify;

import dev.weir.alerting.notify.alertmanager.AlertmanagerNotifier;
import dev.weir.alerting.notify.email.EmailNotifier;
import dev.weir.alerting.notify.ocsf.OcsfNotifier;
import dev.weir.alerting.notify.pagerduty.PagerDutyNotifier;
import dev.weir.alerting.notify.slack.SlackNotifier;
import dev.weir.alerting.notify.syslog.SyslogNotifier;
import dev.weir.alerting.notify.teams.TeamsNotifier;
import dev.weir.alerting.notify.webhook.WebhookNotifier;
import java.util.List;

/** The registry of notifiers, with one line for each kind. */
public final class Notifiers {
    public static final List<NotifierType<?>> TYPES = List.of(
            SlackNotifier.TYPE,
            WebhookNotifier.TYPE,
            AlertmanagerNotifier.TYPE,
            PagerDutyNotifier.TYPE,
            TeamsNotifier.TYPE,
            SyslogNotifier.TYPE,
            OcsfNotifier.TYPE,
            EmailNotifier.TYPE);

    private Notifiers() {}
}
