package dev.weir.alerting.message;

import dev.weir.model.Severity;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The content of a notification as people read it; a notifier adds only the form of its channel.
 *
 * @param headline one line about the reason and the alerts
 * @param isOver true if all alerts are over
 * @param severity the highest severity of the alerts
 * @param text text of the route's template in place of the alerts; null for the alerts themselves
 * @param firing open alerts, the most severe first
 * @param resolved alerts that are over
 * @param more number of further alerts
 * @param incidents links to the incidents
 * @param runbooks links to the runbooks of open alerts, one for each detector
 */
public record Message(
        String headline,
        boolean isOver,
        Severity severity,
        @Nullable String text,
        List<AlertMessage> firing,
        List<Ended> resolved,
        int more,
        List<Link> incidents,
        List<Link> runbooks) {

    /**
     * An alert that is over.
     *
     * @param closing the way in which it ended, as {@link Notification#closing} says it
     */
    public record Ended(String closing, AlertMessage alert) {
        /** The way in which the alert ended, and its title. */
        public String line() {
            return closing + ": " + alert.title();
        }
    }

    /** A link with its text. */
    public record Link(String text, String url) {}

    /** Composes the message of a notification. */
    public static Message of(Notification notification, Links links) {
        List<AlertMessage> firing = notification.alerts().stream()
                .map(alert -> new AlertMessage(alert, links.runbook(alert)))
                .toList();
        return new Message(
                notification.headline(),
                notification.kind() == Notification.Kind.RESOLVED,
                notification.severity(),
                notification.text(),
                firing,
                notification.resolved().stream()
                        .map(alert ->
                                new Ended(notification.closing(alert), new AlertMessage(alert, links.runbook(alert))))
                        .toList(),
                notification.more(),
                notification.incidents().stream()
                        .map(incident -> new Link("Open incident " + incident.id(), links.incident(incident.id())))
                        .toList(),
                firing.stream().flatMap(Message::runbook).distinct().toList());
    }

    private static Stream<Link> runbook(AlertMessage alert) {
        return Stream.ofNullable(alert.runbook())
                .map(url -> new Link("Runbook of " + alert.alert().detector(), url));
    }

    /** The links to incidents and runbooks by turns, so that a channel with room for a few shows some of both. */
    public List<Link> links() {
        return IntStream.range(0, Math.max(incidents.size(), runbooks.size()))
                .boxed()
                .flatMap(i -> Stream.of(incidents, runbooks)
                        .filter(some -> i < some.size())
                        .map(some -> some.get(i)))
                .toList();
    }

    /** The number of alerts that the message is about. */
    public int size() {
        return firing.size() + resolved.size() + more;
    }

    /**
     * Returns one line for each alert, and a last one with the number of alerts that have none.
     *
     * @param limit the longest total length of the lines of alerts
     */
    public List<String> lines(
            int limit, Function<AlertMessage, String> firingLine, Function<Ended, String> resolvedLine) {
        List<String> all = Stream.concat(
                        firing.stream().map(firingLine), resolved.stream().map(resolvedLine))
                .toList();
        int[] length = {0};
        int shown = (int) IntStream.range(0, all.size())
                .takeWhile(i -> (length[0] += all.get(i).length()) <= limit)
                .count();
        Stream<String> rest = shown < size() ? Stream.of("and " + (size() - shown) + " more") : Stream.empty();
        return Stream.concat(all.stream().limit(shown), rest).toList();
    }
}
