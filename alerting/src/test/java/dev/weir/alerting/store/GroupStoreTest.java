package dev.weir.alerting.store;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.store.GroupStore.Group;
import dev.weir.alerting.store.GroupStore.Mark;
import dev.weir.alerting.store.GroupStore.Member;
import dev.weir.model.Severity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Notification groups with both databases. */
class GroupStoreTest {
    private static Group group(String id, @Nullable Long dueMs, @Nullable Long sentMs) {
        return new Group(id, "key-" + id, "slack", "route", Map.of("namespace", "shop"), dueMs, sentMs);
    }

    @ParameterizedTest
    @EnumSource
    void groupIsReadByIdAndKeyAsItWasInserted(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            database.inTransaction(handle -> {
                Group waiting = group("a", null, null);
                Group sent = group("b", 20L, 10L);
                GroupStore.insert(handle, waiting);
                GroupStore.insert(handle, sent);
                assertThat(GroupStore.locked(handle, "a")).contains(waiting);
                assertThat(GroupStore.lockedByKey(handle, "key-b")).contains(sent);
                GroupStore.delete(handle, "a");
                assertThat(GroupStore.locked(handle, "a")).isEmpty();
                return handle;
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void longestOverdueGroupOfReceiversIsDue(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            database.inTransaction(handle -> {
                GroupStore.insert(handle, group("never", null, null));
                GroupStore.insert(handle, group("late", 10L, null));
                GroupStore.insert(handle, group("later", 5L, null));
                assertThat(GroupStore.due(handle, List.of("slack"), 4)).isEmpty();
                assertThat(GroupStore.due(handle, List.of("slack"), 10)).contains("later");
                assertThat(GroupStore.due(handle, List.of("pager"), 10)).isEmpty();
                GroupStore.postpone(handle, "later", 30);
                assertThat(GroupStore.due(handle, List.of("slack"), 10)).contains("late");
                return handle;
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void membersAreChangedThenNotifiedThenRemoved(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            database.inTransaction(handle -> {
                GroupStore.insert(handle, group("g", null, null));
                AlertStore.apply(handle, alert("a", 1, Severity.HIGH, 10).within("i", null, null));
                AlertStore.apply(handle, alert("b", 1, Severity.HIGH, 10).within("j", null, "decision"));
                GroupStore.change(handle, "g", "a", "i");
                GroupStore.change(handle, "g", "b", "j");
                assertThat(GroupStore.members(handle, "g"))
                        .containsExactly(
                                new Member("a", "i", Set.of(Mark.CHANGED)),
                                new Member("b", "j", Set.of(Mark.CHANGED, Mark.UNREPORTED)));
                GroupStore.markNotified(handle, "g", List.of("i"));
                assertThat(GroupStore.members(handle, "g").get(0))
                        .isEqualTo(new Member("a", "i", Set.of(Mark.NOTIFIED)));
                assertThat(GroupStore.of(handle, "i")).containsExactly("g");
                GroupStore.touch(handle, "i", 40);
                assertThat(GroupStore.due(handle, List.of("slack"), 40)).contains("g");
                GroupStore.remove(handle, "g", List.of("j"));
                assertThat(GroupStore.members(handle, "g"))
                        .extracting(Member::alert)
                        .containsExactly("a");
                return handle;
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void movedAlertStaysMemberOnlyWhereNotified(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            database.inTransaction(handle -> {
                for (String id : List.of("notified", "waiting")) {
                    GroupStore.insert(handle, group(id, null, null));
                    GroupStore.change(handle, id, "a", "i");
                }
                GroupStore.markNotified(handle, "notified", List.of("i"));
                AlertStore.apply(handle, alert("a", 1, Severity.HIGH, 10).within("j", null, null));
                GroupStore.leave(handle, "a", "i");
                assertThat(GroupStore.members(handle, "waiting")).isEmpty();
                assertThat(GroupStore.members(handle, "notified"))
                        .containsExactly(new Member("a", "i", Set.of(Mark.NOTIFIED, Mark.MOVED)));
                return handle;
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void groupsOfRemovedReceiversAreDeletedOnceOld(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            database.inTransaction(handle -> {
                GroupStore.insert(handle, group("old", 5L, 5L));
                GroupStore.insert(handle, group("recent", null, 20L));
                GroupStore.deleteAllBut(handle, List.of("slack"), 10);
                assertThat(GroupStore.locked(handle, "old")).isPresent();
                GroupStore.deleteAllBut(handle, List.of("pager"), 10);
                assertThat(GroupStore.locked(handle, "old")).isEmpty();
                assertThat(GroupStore.locked(handle, "recent")).isPresent();
                return handle;
            });
        }
    }
}
