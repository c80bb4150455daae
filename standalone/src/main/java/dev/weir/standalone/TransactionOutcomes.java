package dev.weir.standalone;

import dev.weir.common.Backoff;
import dev.weir.common.Worker;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.standalone.log.KnownErrors;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out the outcome of transactions that the job could not commit. The usual cause is a process that was killed
 * after a commit and before the commit was recorded: after the restart the commit is tried again, and Kafka refuses it
 * because it has been made.
 */
final class TransactionOutcomes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionOutcomes.class);
    private static final int MAX_WAITING = 1_000;
    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final KafkaConfig kafka;
    private final Worker worker;

    TransactionOutcomes(KafkaConfig kafka) {
        this.kafka = kafka;
        this.worker = new Worker(
                "weir-transactions",
                this::next,
                Backoff.constant(PAUSE),
                (failure, pause) ->
                        LOG.error("looking up transactions failed; next attempt in {} ms", pause.toMillis(), failure));
    }

    void start() {
        worker.start();
        KnownErrors.transactions(waiting::offer);
    }

    @Override
    public void close() {
        KnownErrors.transactions(null);
        worker.close();
    }

    private Duration next() throws InterruptedException {
        Set<String> ids = new TreeSet<>(List.of(waiting.take()));
        waiting.drainTo(ids);
        report(ids);
        return Duration.ZERO;
    }

    private void report(Set<String> ids) throws InterruptedException {
        for (String id : ids) {
            switch (state(id)) {
                case COMPLETE_COMMIT, PREPARE_COMMIT ->
                    LOG.info("transaction {} had been committed already; nothing is lost or counted twice", id);
                case COMPLETE_ABORT, PREPARE_ABORT, PREPARE_EPOCH_FENCE ->
                    LOG.error(
                            "transaction {} was aborted after its checkpoint; what it held is missing from its topic",
                            id);
                case EMPTY, ONGOING, UNKNOWN ->
                    LOG.warn("transaction {} could not be committed, and Kafka does not say what became of it", id);
            }
        }
    }

    private TransactionState state(String id) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try (Admin admin = KafkaClients.admin(kafka)) {
                TransactionDescription description =
                        admin.describeTransactions(List.of(id)).description(id).get();
                return description.state();
            } catch (ExecutionException | KafkaException e) {
                if (attempt == ATTEMPTS) {
                    LOG.warn("transaction {} cannot be looked up: {}", id, e.getMessage());
                    return TransactionState.UNKNOWN;
                }
            }
        }
    }
}
