package dev.weir.alerting.route;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of Alertmanager's configuration that says who is told of what and when.
 *
 * @param route the root, which every alert matches
 * @param timeIntervals that routes name
 * @param templates that routes name
 */
public record RoutesConfig(@Nullable Node route, List<Named> timeIntervals, List<Words> templates) {
    public RoutesConfig(@Nullable Node route, @Nullable List<Named> timeIntervals, @Nullable List<Words> templates) {
        this.route = route;
        this.templates = templates == null ? List.of() : List.copyOf(templates);
        this.timeIntervals = timeIntervals == null ? List.of() : List.copyOf(timeIntervals);
    }

    /**
     * A route. What it does not say it has from the one above.
     *
     * @param receiver who is told
     * @param matchers all of which an alert must meet
     * @param groupBy labels by which alerts are told together
     * @param groupWait how long to wait for more of a new group
     * @param groupInterval how long to wait before telling what is new in a group that was told
     * @param repeatInterval after how long to tell it again though nothing is new; 0 for never
     * @param muteTimeIntervals when nobody is told
     * @param activeTimeIntervals when somebody is told; always where there are none
     * @param template name of how it is said
     * @param continues ({@code continue}) whether the routes that follow are asked as well
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

    /** Times by a name. */
    public record Named(@Nullable String name, List<Interval> timeIntervals) {
        public Named(@Nullable String name, @Nullable List<Interval> timeIntervals) {
            this.name = name;
            this.timeIntervals = timeIntervals == null ? List.of() : List.copyOf(timeIntervals);
        }
    }

    /**
     * Mustache by a name.
     *
     * @param title in place of what a notifier says by itself; absent for that
     * @param text the same, below the title
     */
    public record Words(
            @Nullable String name,
            @Nullable String title,
            @Nullable String text) {}

    /**
     * All of what it says must be so.
     *
     * @param weekdays such as {@code saturday} or {@code monday:friday}
     * @param daysOfMonth such as {@code 1}, {@code 1:5} or {@code -3:-1}
     * @param months such as {@code december} or {@code 1:3}
     * @param location time zone; UTC where it is not said
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

    /** From the first up to the second, {@code HH:MM}, up to {@code 24:00}. */
    public record Times(
            @Nullable String startTime, @Nullable String endTime) {}
}
