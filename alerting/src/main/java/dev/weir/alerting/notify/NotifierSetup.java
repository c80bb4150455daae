package dev.weir.alerting.notify;

import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.common.config.KafkaConfig;
import java.time.InstantSource;
import java.util.List;

/**
 * The parts of Weir that notifiers are made from, beside their settings.
 *
 * @param where the place of the settings, for messages
 * @param links the addresses that messages link to
 * @param trials notifications with which templates are tried
 */
public record NotifierSetup(
        String where, Links links, HttpPost http, KafkaConfig kafka, InstantSource clock, List<Notification> trials) {
    /** The place of one setting, for messages. */
    public String key(String name) {
        return where + "." + name;
    }
}
