package dev.weir.alerting;

import dev.weir.alerting.notify.alertmanager.AlertmanagerConfig;
import dev.weir.alerting.notify.email.EmailConfig;
import dev.weir.alerting.notify.ocsf.OcsfConfig;
import dev.weir.alerting.notify.pagerduty.PagerDutyConfig;
import dev.weir.alerting.notify.slack.SlackConfig;
import dev.weir.alerting.notify.syslog.SyslogConfig;
import dev.weir.alerting.notify.teams.TeamsConfig;
import dev.weir.alerting.notify.webhook.WebhookConfig;
import dev.weir.alerting.route.RoutesConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A receiver and the settings of its kind.
 *
 * @param name the name in routes
 */
record ReceiverConfig(
        @Nullable String name,
        @Nullable SlackConfig slack,
        @Nullable WebhookConfig webhook,
        @Nullable AlertmanagerConfig alertmanager,
        @Nullable PagerDutyConfig pagerduty,
        @Nullable TeamsConfig teams,
        @Nullable SyslogConfig syslog,
        @Nullable OcsfConfig ocsf,
        @Nullable EmailConfig email) {

    /**
     * The file of {@code alerting.routes}.
     *
     * @param receivers receivers beside those of the configuration
     * @param templates texts that routes may use
     * @param route absent to notify every receiver of every alert
     */
    record Document(
            List<ReceiverConfig> receivers,
            RoutesConfig.@Nullable Node route,
            List<RoutesConfig.Named> timeIntervals,
            List<RoutesConfig.Words> templates) {
        Document(
                @Nullable List<ReceiverConfig> receivers,
                RoutesConfig.@Nullable Node route,
                @Nullable List<RoutesConfig.Named> timeIntervals,
                @Nullable List<RoutesConfig.Words> templates) {
            this.receivers = receivers == null ? List.of() : List.copyOf(receivers);
            this.route = route;
            this.templates = templates == null ? List.of() : List.copyOf(templates);
            this.timeIntervals = timeIntervals == null ? List.of() : List.copyOf(timeIntervals);
        }
    }
}
