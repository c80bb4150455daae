package dev.weir.alerting.route;

import org.jspecify.annotations.Nullable;

/**
 * How a route wants things to be said, in place of what notifiers say by themselves.
 *
 * @param title null to leave it as it is
 * @param text the same
 */
public record MessageTemplate(
        @Nullable Template title, @Nullable Template text) {
    private static final int LONGEST_TITLE = 300;
    private static final int LONGEST_TEXT = 10_000;

    public static final MessageTemplate NONE = new MessageTemplate(null, null);

    /**
     * The notification in these words.
     *
     * @throws IllegalArgumentException when a template asks for something else than fields
     */
    public Notification of(Notification notification) {
        return notification.saying(
                rendered(title, notification, LONGEST_TITLE), rendered(text, notification, LONGEST_TEXT));
    }

    private static @Nullable String rendered(@Nullable Template template, Notification notification, int longest) {
        if (template == null) {
            return null;
        }
        String text = template.render(notification).strip();
        return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    }
}
