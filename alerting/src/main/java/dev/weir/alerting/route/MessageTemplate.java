package dev.weir.alerting.route;

import dev.weir.alerting.message.Notification;
import dev.weir.common.Text;
import org.jspecify.annotations.Nullable;

/**
 * The texts that a route sets in place of the notifiers' own.
 *
 * @param title null to keep the default
 * @param text null to keep the default
 */
public record MessageTemplate(
        @Nullable Template title, @Nullable Template text) {
    private static final int LONGEST_TITLE = 300;
    private static final int LONGEST_TEXT = 10_000;

    public static final MessageTemplate NONE = new MessageTemplate(null, null);

    /**
     * Returns the notification with these texts.
     *
     * @throws IllegalArgumentException when a template asks for anything but fields
     */
    public Notification of(Notification notification) {
        return notification.saying(
                rendered(title, notification, LONGEST_TITLE), rendered(text, notification, LONGEST_TEXT));
    }

    private static @Nullable String rendered(@Nullable Template template, Notification notification, int longest) {
        if (template == null) {
            return null;
        }
        return Text.cut(template.render(notification).strip(), longest);
    }
}
