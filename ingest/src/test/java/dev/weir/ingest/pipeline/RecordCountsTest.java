package dev.weir.ingest.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weir.ingest.IngestMetrics;
import io.prometheus.client.CollectorRegistry;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RecordCountsTest {
    private final CollectorRegistry registry = new CollectorRegistry();
    private final Logger logger = (Logger) LoggerFactory.getLogger(RecordCountsTest.class);
    private final RecordCounts counts = new RecordCounts("logs", new IngestMetrics(registry), logger);

    @Test
    void everyRejectionCountsAndOneOfAThousandIsLogged() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.WARN);
        try {
            for (int i = 0; i < 1_500; i++) {
                counts.rejected("zeek", "topic-0:" + i + ": ts: is missing");
            }
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
        assertThat(count("rejected", "zeek")).isEqualTo(1_500);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "topic-0:0: ts: is missing (1 rejected so far)",
                        "topic-0:1000: ts: is missing (1001 rejected so far)");
    }

    @Test
    void recordsAreCountedByFormat() {
        counts.skipped("zeek");
        counts.skipped("zeek");
        counts.skipped("hubble");
        counts.rejected("hubble");
        assertThat(count("skipped", "zeek")).isEqualTo(2);
        assertThat(count("skipped", "hubble")).isEqualTo(1);
        assertThat(count("rejected", "hubble")).isEqualTo(1);
    }

    private double count(String what, String format) {
        return registry.getSampleValue(
                "weir_ingest_lines_" + what + "_total",
                new String[] {"collector", "format"},
                new String[] {"logs", format});
    }
}
