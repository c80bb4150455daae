package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.message.Notification.Kind;
import dev.weir.alerting.route.MessageTemplate;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.route.Routes.Route;
import dev.weir.alerting.route.Template;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.GroupStore.Group;
import dev.weir.alerting.store.GroupStore.Mark;
import dev.weir.alerting.store.GroupStore.Member;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The notifications of decisions: kind, text and evidence, with alerts of a real database. */
class NotificationComposerTest extends IncidentHarness {
    private static final long NOW = 1_790_000_000_000L;
    private static final long SENT = NOW - 7_200_000;
    private static final Duration REPEAT = Duration.ofHours(1);
    private static final Map<String, String> LABELS = Map.of("namespace", "shop");
    private static final Incident OPEN = incident("open", IncidentStatus.OPEN);
    private static final Incident OVER = incident("over", IncidentStatus.RESOLVED);
    private static final Incident EXPECTED = incident("expected", IncidentStatus.EXPECTED);

    private final NotificationComposer composer = new NotificationComposer(Set.of("siem"));

    @BeforeEach
    void open() {
        open(Databases.H2);
    }

    @Test
    void newGroupFiresWithTheEvidenceOfItsAlert() throws Exception {
        Alert a = stored("a", Severity.HIGH, 30, OPEN);
        Notification made = only(NotifyReason.NEW, null, fresh("a", OPEN));
        assertThat(made.kind()).isEqualTo(Kind.FIRING);
        assertThat(made.alerts()).containsExactly(a);
        assertThat(made.alerts().get(0).evidence())
                .isEqualTo(alert("a", 1, Severity.HIGH, 30).evidence());
        assertThat(made.resolved()).isEmpty();
        assertThat(made.incidents()).containsExactly(OPEN);
        assertThat(made.headline()).isEqualTo("shop/web <to> shop/db & more");
        assertThat(made.title()).as("that of the notifier").isNull();
        assertThat(made.text()).as("that of the notifier").isNull();
        assertThat(made.receiver()).isEqualTo("slack");
        assertThat(made.groupKey()).isEqualTo("g");
        assertThat(made.groupLabels()).isEqualTo(LABELS);
        assertThat(made.more()).isZero();
        assertThat(made.notifications()).isEqualTo(1);
        assertThat(made.atMs()).isEqualTo(NOW);
    }

    @Test
    void grownGroupIsUpdatedByItsNewAlert() throws Exception {
        stored("a", Severity.HIGH, 30, OPEN);
        Alert b = stored("b", Severity.LOW, 40, OPEN);
        Notification made = only(NotifyReason.GROWN, SENT, kept("a", OPEN), fresh("b", OPEN));
        assertThat(made.kind()).isEqualTo(Kind.UPDATED);
        assertThat(made.alerts()).containsExactly(b);
        assertThat(made.headline()).isEqualTo("Update: shop/web <to> shop/db & more");
    }

    @Test
    void raisedAlertIsInTheUpdateAsItIsNow() throws Exception {
        stored("a", Severity.LOW, 30, OPEN);
        Alert worse = stored(alert("a", 2, Severity.CRITICAL, 50), OPEN);
        Notification made = only(NotifyReason.RAISED, SENT, changed("a", OPEN));
        assertThat(made.kind()).isEqualTo(Kind.UPDATED);
        assertThat(made.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(made.alerts()).containsExactly(worse);
    }

    @Test
    void resolvedGroupHasItsAlertsAsResolved() throws Exception {
        Alert a = stored("a", Severity.HIGH, 30, OVER);
        Notification made = only(NotifyReason.RESOLVED, SENT, kept("a", OVER));
        assertThat(made.kind()).isEqualTo(Kind.RESOLVED);
        assertThat(made.alerts()).isEmpty();
        assertThat(made.resolved()).containsExactly(a);
        assertThat(made.headline()).isEqualTo("Resolved: shop/web <to> shop/db & more");
    }

    @Test
    void expectedAlertIsAFalseAlarmInTheHeadline() throws Exception {
        stored("a", Severity.HIGH, 30, EXPECTED);
        assertThat(only(NotifyReason.RESOLVED, SENT, kept("a", EXPECTED)).headline())
                .isEqualTo("False alarm: shop/web <to> shop/db & more");
    }

    @Test
    void repetitionHoldsAllOpenAlerts() throws Exception {
        Alert a = stored("a", Severity.LOW, 30, OPEN);
        Alert b = stored("b", Severity.HIGH, 20, OPEN);
        Notification made = only(NotifyReason.REPEATED, SENT, kept("a", OPEN), kept("b", OPEN));
        assertThat(made.kind()).isEqualTo(Kind.REPEATED);
        assertThat(made.alerts()).as("the worst first").containsExactly(b, a);
        assertThat(made.size()).isEqualTo(2);
        assertThat(made.headline()).isEqualTo("Still open: title of open");
    }

    @Test
    void partlyResolvedGroupHasBothKindsOfAlerts() throws Exception {
        Alert a = stored("a", Severity.HIGH, 30, OVER);
        Alert b = stored("b", Severity.LOW, 40, OPEN);
        Notification made = only(NotifyReason.RESOLVED_IN_PART, SENT, kept("a", OVER), kept("b", OPEN));
        assertThat(made.kind()).isEqualTo(Kind.REPEATED);
        assertThat(made.alerts()).containsExactly(b);
        assertThat(made.resolved()).containsExactly(a);
        assertThat(made.incidents()).as("that of the open alert first").containsExactly(OPEN, OVER);
        assertThat(made.severity()).isEqualTo(Severity.HIGH);
    }

    @Test
    void foldedAlertIsNotInANotification() throws Exception {
        Alert a = stored("a", Severity.LOW, 30, OPEN);
        stored("folded", Severity.CRITICAL, 30, OPEN);
        Notification made = only(NotifyReason.NEW, null, fresh("a", OPEN), folded("folded", OPEN));
        assertThat(made.alerts()).containsExactly(a);
        assertThat(made.more()).isZero();
        assertThat(made.severity()).isEqualTo(Severity.LOW);
    }

    @Test
    void alertsBeyondTheBoundAreCounted() throws Exception {
        List<In> members = many(45, OPEN, "a", true);
        members.addAll(many(22, OVER, "b", false));
        stored("worst", Severity.CRITICAL, 1, OPEN);
        members.add(fresh("worst", OPEN));
        Notification made = only(NotifyReason.GROWN, SENT, members.toArray(new In[0]));
        assertThat(made.alerts()).hasSize(20).first().extracting(Alert::id).isEqualTo("worst");
        assertThat(made.resolved()).hasSize(20);
        assertThat(made.more()).isEqualTo(26 + 2);
        assertThat(made.size()).isEqualTo(46 + 22);
    }

    @Test
    void partsForACompleteReceiverHoldAllAlerts() throws Exception {
        List<In> members = many(25, OPEN, "a", true);
        members.addAll(many(45, OVER, "b", false));
        GroupSnapshot group = group("siem", null, members.toArray(new In[0]));
        List<Notification> parts = compose(group, route());
        assertThat(parts).extracting(Notification::kind).containsExactly(Kind.FIRING, Kind.UPDATED, Kind.RESOLVED);
        assertThat(parts).extracting(each -> each.alerts().size()).containsExactly(20, 5, 0);
        assertThat(parts).extracting(each -> each.resolved().size()).containsExactly(20, 20, 5);
        assertThat(parts).extracting(Notification::more).containsOnly(0);
        assertThat(parts).extracting(Notification::id).doesNotHaveDuplicates();
        assertThat(parts.stream().flatMap(each -> each.alerts().stream()).map(Alert::id))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 25).mapToObj(i -> "a" + i).toList());
    }

    @Test
    void furtherPartsOfARepetitionRepeat() throws Exception {
        List<In> members = many(21, OPEN, "a", false);
        List<Notification> parts = compose(group("siem", SENT, members.toArray(new In[0])), route());
        assertThat(parts).extracting(Notification::kind).containsExactly(Kind.REPEATED, Kind.REPEATED);
    }

    @Test
    void deletedAlertsMakeNoNotification() throws Exception {
        assertThat(compose(group("slack", null, fresh("gone", OPEN)), route())).isEmpty();
        Alert a = stored("a", Severity.LOW, 30, OPEN);
        assertThat(only(NotifyReason.NEW, null, fresh("gone", OPEN), fresh("a", OPEN))
                        .alerts())
                .containsExactly(a);
    }

    @Test
    void templateOfTheRouteReplacesTheTexts() throws Exception {
        stored("a", Severity.HIGH, 30, OPEN);
        GroupSnapshot group = group("slack", SENT, changed("a", OPEN));
        MessageTemplate wording = new MessageTemplate(
                Template.plain("{{group_labels.namespace}}: {{#alerts}}{{title}}{{/alerts}}"),
                Template.plain("{{#alerts}}{{summary}}{{/alerts}}"));
        assertThat(compose(group, route(wording))).singleElement().satisfies(made -> {
            assertThat(made.headline()).isEqualTo("Update: shop: shop/web <to> shop/db & more");
            assertThat(made.text()).isEqualTo("A summary.");
        });
    }

    @Test
    void failedTemplateFallsBackToTheDefaultText() throws Exception {
        stored("a", Severity.HIGH, 30, OPEN);
        MessageTemplate wording = new MessageTemplate(Template.plain("{{> other}}"), null);
        assertThat(compose(group("slack", null, fresh("a", OPEN)), route(wording)))
                .singleElement()
                .satisfies(made -> {
                    assertThat(made.title()).isNull();
                    assertThat(made.headline()).isEqualTo("shop/web <to> shop/db & more");
                });
    }

    @Test
    void digestCountsTheAlertsOfItsNotifications() throws Exception {
        List<In> members = many(30, OPEN, "a", true);
        Notification first = only(NotifyReason.NEW, null, members.toArray(new In[0]));
        stored("b", Severity.HIGH, 30, OVER);
        Notification second = only(NotifyReason.RESOLVED, SENT, kept("b", OVER));
        Notification digest = Notification.digest(List.of(first, second));
        assertThat(digest.kind()).isEqualTo(Kind.DIGEST);
        assertThat(digest.size()).isEqualTo(31);
        assertThat(digest.resolved()).extracting(Alert::id).containsExactly("b");
        assertThat(digest.headline())
                .isEqualTo("31 alerts in 2 notifications, the worst: shop/web <to> shop/db & more");
    }

    /** A member of a group with its incident. */
    private record In(Member member, Incident incident) {}

    private static In fresh(String alert, Incident incident) {
        return new In(new Member(alert, incident.id(), Set.of(Mark.CHANGED)), incident);
    }

    private static In changed(String alert, Incident incident) {
        return new In(new Member(alert, incident.id(), Set.of(Mark.CHANGED, Mark.NOTIFIED)), incident);
    }

    private static In kept(String alert, Incident incident) {
        return new In(new Member(alert, incident.id(), Set.of(Mark.NOTIFIED)), incident);
    }

    private static In folded(String alert, Incident incident) {
        return new In(new Member(alert, incident.id(), Set.of(Mark.CHANGED, Mark.UNREPORTED)), incident);
    }

    private List<In> many(int count, Incident incident, String prefix, boolean isFresh) throws Exception {
        List<In> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stored(prefix + i, Severity.LOW, 30, incident);
            members.add(isFresh ? fresh(prefix + i, incident) : kept(prefix + i, incident));
        }
        return members;
    }

    private Alert stored(String id, Severity severity, long lastSeenMs, Incident incident) throws Exception {
        return stored(alert(id, 1, severity, lastSeenMs), incident);
    }

    private Alert stored(Alert alert, Incident incident) throws Exception {
        Alert within = of(incident.id(), alert);
        incidents.alerts().take(List.of(within));
        return within;
    }

    private Notification only(NotifyReason reason, @Nullable Long sentMs, In... members) throws Exception {
        GroupSnapshot group = group("slack", sentMs, members);
        assertThat(NotifyDecision.of(group).reason()).isEqualTo(reason);
        List<Notification> made = compose(group, route());
        assertThat(made).hasSize(1);
        return made.get(0);
    }

    private List<Notification> compose(GroupSnapshot group, Route route) throws Exception {
        return database.inTransaction(handle -> composer.compose(handle, group, NotifyDecision.of(group), route));
    }

    private static GroupSnapshot group(String receiver, @Nullable Long sentMs, In... members) {
        return new GroupSnapshot(
                new Group("g", "k", receiver, "", LABELS, null, sentMs),
                List.of(members).stream().map(In::member).toList(),
                List.of(members).stream()
                        .map(In::incident)
                        .distinct()
                        .collect(Collectors.toMap(Incident::id, each -> each)),
                Set.of(),
                new NotifyTerms(REPEAT, false, null),
                false,
                NOW);
    }

    private static Route route() {
        return route(MessageTemplate.NONE);
    }

    private static Route route(MessageTemplate wording) {
        Route route = Routes.toAll(Map.of("slack", Severity.LOW))
                .matching(Map.of("severity", "low"))
                .get(0);
        return new Route(
                route.path(),
                route.key(),
                route.receiver(),
                route.matches(),
                route.groupBy(),
                route.groupWait(),
                route.groupInterval(),
                route.repeatInterval(),
                route.mute(),
                route.active(),
                wording,
                route.continues(),
                route.routes());
    }

    private static Incident incident(String id, IncidentStatus status) {
        return Incident.builder(id)
                .status(status)
                .severity(Severity.HIGH)
                .title("title of " + id)
                .namespace("shop")
                .firstSeenMs(1)
                .lastSeenMs(2)
                .changedMs(3)
                .build();
    }
}
