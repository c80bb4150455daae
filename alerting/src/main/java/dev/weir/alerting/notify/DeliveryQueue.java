package dev.weir.alerting.notify;

import dev.weir.alerting.message.Notification;
import dev.weir.alerting.store.OutboxStore;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The notifications of one receiver in the outbox. When too many are due for people to read, they are taken as one
 * digest. The result of an attempt is stored before the next notification is taken, also after a failure of the
 * database, or the last one would be sent again.
 */
final class DeliveryQueue {
    /** The number of due notifications from which they become a digest. */
    private static final int DIGEST_FROM = 20;

    private static final int DIGEST_MOST = 200;

    private final OutboxStore store;
    private final String receiver;
    private final boolean takesDigests;
    private @Nullable Write pending;
    /** The last notification that is sent singly, because the receiver did not accept it in a digest. */
    private long singlyUntilSeq;

    private interface Write {
        void run() throws SQLException;
    }

    DeliveryQueue(OutboxStore store, String receiver, boolean takesDigests) {
        this.store = store;
        this.receiver = receiver;
        this.takesDigests = takesDigests;
    }

    /** Repeats the last write if the database has not accepted it yet. */
    void settle() throws SQLException {
        Write last = pending;
        if (last != null) {
            last.run();
            pending = null;
        }
    }

    /** The next notification, or all for a digest; empty when none is due. */
    List<OutboxStore.Entry> next(long nowMs) throws SQLException {
        List<OutboxStore.Entry> due = store.due(receiver, nowMs, takesDigests ? DIGEST_MOST : 1);
        if (due.isEmpty()) {
            return due;
        }
        OutboxStore.Entry first = due.get(0);
        List<OutboxStore.Entry> forAll =
                due.stream().filter(entry -> entry.recipients().isEmpty()).toList();
        boolean isDigest = takesDigests
                && forAll.size() >= DIGEST_FROM
                && first.recipients().isEmpty()
                && first.seq() > singlyUntilSeq;
        return isDigest ? forAll : List.of(first);
    }

    /** Sends these notifications singly from now on. */
    void sendSingly(List<Long> seqs) {
        singlyUntilSeq = seqs.get(seqs.size() - 1);
    }

    void remove(List<Long> seqs) throws SQLException {
        write(() -> store.remove(seqs));
    }

    /** Keeps a notification for some recipients only, in place of the given entries. */
    void keepFor(
            List<String> recipients,
            Notification notification,
            List<Long> seqs,
            int attempts,
            long createdMs,
            long nextMs)
            throws SQLException {
        write(() -> store.replaceByRemaining(seqs, notification, recipients, attempts, createdMs, nextMs));
    }

    void retry(List<Long> seqs, long nextMs) throws SQLException {
        store.retry(seqs, nextMs);
    }

    private void write(Write write) throws SQLException {
        pending = write;
        settle();
    }
}
