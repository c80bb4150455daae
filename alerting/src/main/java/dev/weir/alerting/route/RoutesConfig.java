package dev.weir.alerting.route;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of Alertmanager's configuration that decides which receiver is notified of which alerts, and when.
 *
 * @param route the root, which every alert matches
 * @param timeIntervals that routes name
 * @param templates that routes name
 */
public record RoutesConfig(@Nullable Node route, List<Named> timeIntervals, List<Texts> templates) {
    public RoutesConfig(@Nullable Node route, @Nullable List<Named> timeIntervals, @Nullable List<Texts> templates) {
        this.route = route;
        this.templates = templates == null ? List.of() : List.copyOf(templates);
        this.timeIntervals = timeIntervals == null ? List.of() : List.copyOf(timeIntervals);
    }

    /**
     * A route; missing settings are those of the route above.
     *
     * @param receiver name of the receiver
     * @param matchers conditions that an alert must all meet
     * @param groupBy labels by which alerts are grouped
     * @param groupWait time to wait for more alerts of a new group
     * @param groupInterval time between notifications of a group with changes
     * @param repeatInterval time after which a group without changes is notified again; 0 for never
     * @param muteTimeIntervals times without notifications
     * @param activeTimeIntervals the only times with notifications; all times if empty
     * @param template name of the texts
     * @param continues ({@code continue}) true to evaluate the following routes as well
     */
    public record Node(
            @Nullable String receiver,
            List<String> matchers,
            @Nullable List<String> groupBy,
            @Nullable Duration groupWait,
            @Nullable Duration groupInterval,
            @Nullable Duration repeatInterval,
            List<String> muteTimeIntervals,
            List<String> activeTimeIntervals,
            @Nullable String template,
            @JsonProperty("continue") Boolean continues,
            List<Node> routes) {
        public Node(
                @Nullable String receiver,
                @Nullable List<String> matchers,
                @Nullable List<String> groupBy,
                @Nullable Duration groupWait,
                @Nullable Duration groupInterval,
                @Nullable Duration repeatInterval,
                @Nullable List<String> muteTimeIntervals,
                @Nullable List<String> activeTimeIntervals,
                @Nullable String template,
                @Nullable Boolean continues,
                @Nullable List<Node> routes) {
            this.receiver = receiver;
            this.matchers = matchers == null ? List.of() : List.copyOf(matchers);
            this.groupBy = groupBy == null ? null : List.copyOf(groupBy);
            this.groupWait = groupWait;
            this.groupInterval = groupInterval;
            this.repeatInterval = repeatInterval;
            this.muteTimeIntervals = muteTimeIntervals == null ? List.of() : List.copyOf(muteTimeIntervals);
            this.activeTimeIntervals = activeTimeIntervals == null ? List.of() : List.copyOf(activeTimeIntervals);
            this.template = template;
            this.continues = continues != null && continues;
            this.routes = routes == null ? List.of() : List.copyOf(routes);
        }
    }

    /** Named times. */
    public record Named(@Nullable String name, List<Interval> timeIntervals) {
        public Named(@Nullable String name, @Nullable List<Interval> timeIntervals) {
            this.name = name;
            this.timeIntervals = timeIntervals == null ? List.of() : List.copyOf(timeIntervals);
        }
    }

    /**
     * Named texts in Mustache.
     *
     * @param title in place of the notifier's title; absent to keep it
     * @param text in place of the text below the title
     */
    public record Texts(
            @Nullable String name,
            @Nullable String title,
            @Nullable String text) {}

    /**
     * Times that meet all of the given conditions.
     *
     * @param weekdays such as {@code saturday} or {@code monday:friday}
     * @param daysOfMonth such as {@code 1}, {@code 1:5} or {@code -3:-1}
     * @param months such as {@code december} or {@code 1:3}
     * @param location time zone; UTC by default
     */
    public record Interval(
            List<Times> times,
            List<String> weekdays,
            List<String> daysOfMonth,
            List<String> months,
            @Nullable String location) {
        public Interval(
                @Nullable List<Times> times,
                @Nullable List<String> weekdays,
                @Nullable List<String> daysOfMonth,
                @Nullable List<String> months,
                @Nullable String location) {
            this.times = times == null ? List.of() : List.copyOf(times);
            this.weekdays = weekdays == null ? List.of() : List.copyOf(weekdays);
            this.daysOfMonth = daysOfMonth == null ? List.of() : List.copyOf(daysOfMonth);
            this.months = months == null ? List.of() : List.copyOf(months);
            this.location = location;
        }
    }

    /** The times of a day from the first up to the second, {@code HH:MM}, up to {@code 24:00}. */
    public record Times(
            @Nullable String startTime, @Nullable String endTime) {}
}
