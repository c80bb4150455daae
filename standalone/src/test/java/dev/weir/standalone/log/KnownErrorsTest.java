package dev.weir.standalone.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.spi.FilterReply;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.DuplicateBrokerRegistrationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Errors that are filtered out of the log, and the lines that replace them. */
class KnownErrorsTest {
    private static final String COMMITTER = "org.apache.flink.connector.kafka.sink.internal.KafkaCommitter";
    private static final String FENCED = "Unable to commit transaction ({}) because its producer is already fenced.";
    private static final String COMMITTABLE =
            "KafkaCommittable{producerId=3, epoch=1, transactionalId='weir-analytics-weir.activity-0-7', producer=null}";

    private final LoggerContext context = new LoggerContext();
    private final KnownErrors filter = new KnownErrors();

    @AfterEach
    void unregister() {
        KnownErrors.transactions(null);
    }

    @Test
    void aClientsMistakeIsOneWarningWithoutATrace() {
        Logger own = (Logger) LoggerFactory.getLogger(KnownErrors.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        own.addAppender(lines);
        try {
            for (int i = 0; i < 3; i++) {
                assertThat(decide(
                                "kafka.network.Processor",
                                "Closing socket",
                                new InvalidRequestException("no such key")))
                        .isEqualTo(FilterReply.DENY);
            }
        } finally {
            own.detachAppender(lines);
        }
        assertThat(lines.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.WARN);
            assertThat(line.getFormattedMessage()).contains("no such key");
            assertThat(line.getThrowableProxy()).isNull();
        });
    }

    @Test
    void aMistakeWithinAnotherErrorIsFound() {
        assertThat(decide(
                        "kafka.server.KafkaApis",
                        "Unexpected error",
                        new IllegalStateException(new UnsupportedVersionException("99"))))
                .isEqualTo(FilterReply.DENY);
    }

    @Test
    void aDefectOfTheBrokerStays() {
        assertThat(decide("kafka.network.Processor", "Processor got", new IllegalStateException("broken")))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("dev.weir.Any", "Closing socket", new InvalidRequestException("x")))
                .isEqualTo(FilterReply.NEUTRAL);
    }

    @Test
    void requestIsRefusedForWhatItSaysThenItIsNoError() {
        for (String logger : List.of("kafka.server.KafkaApis", "kafka.server.ReplicaManager")) {
            assertThat(decide(logger, "Unexpected error", new InvalidConfigurationException("many")))
                    .isEqualTo(FilterReply.DENY);
        }
        assertThat(decide("kafka.server.KafkaApis", "Unexpected error", new CorruptRecordException("size 0")))
                .isEqualTo(FilterReply.DENY);
    }

    @Test
    void brokersOwnTroubleStays() {
        assertThat(decide("kafka.server.ReplicaManager", "Error processing fetch", new CorruptRecordException("disk")))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("kafka.server.KafkaApis", "Unexpected error", new KafkaStorageException("disk")))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("kafka.server.KafkaApis", "Unexpected error", new UnknownServerException("broken")))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("kafka.server.KafkaApis", "Unexpected error", new IllegalArgumentException("broken")))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide(
                        "kafka.server.BrokerLifecycleManager",
                        "Not registered",
                        new DuplicateBrokerRegistrationException("1")))
                .isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide(
                        "kafka.server.ConfigAdminManager",
                        "Error preprocessing alterConfigs request on x: ApiError(error=UNKNOWN_SERVER_ERROR)",
                        null))
                .isEqualTo(FilterReply.NEUTRAL);
    }

    @Test
    void aTransactionIsHandedOnByItsId() {
        List<String> ids = new ArrayList<>();
        KnownErrors.transactions(ids::add);
        assertThat(decide(COMMITTER, FENCED, null, COMMITTABLE, "transactional.id"))
                .isEqualTo(FilterReply.DENY);
        assertThat(ids).containsExactly("weir-analytics-weir.activity-0-7");
    }

    @Test
    void aTransactionThatIsNotTakenStays() {
        assertThat(decide(COMMITTER, FENCED, null, COMMITTABLE)).isEqualTo(FilterReply.NEUTRAL);
        KnownErrors.transactions(id -> false);
        assertThat(decide(COMMITTER, FENCED, null, COMMITTABLE)).isEqualTo(FilterReply.NEUTRAL);
        KnownErrors.transactions(id -> true);
        assertThat(decide(COMMITTER, "Transaction ({}) encountered error", null, COMMITTABLE))
                .isEqualTo(FilterReply.NEUTRAL);
    }

    private FilterReply decide(String logger, String format, @Nullable Throwable thrown, Object... parameters) {
        return filter.decide(null, context.getLogger(logger), Level.ERROR, format, parameters, thrown);
    }
}
