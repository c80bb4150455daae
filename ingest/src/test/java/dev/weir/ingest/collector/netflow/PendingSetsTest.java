package dev.weir.ingest.collector.netflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** Checks the number of sets that may wait for their template. */
class PendingSetsTest {
    private static final int MANY = 1_000_000;

    private final PendingSets pending = new PendingSets(1_000);
    private final ExporterState state = new ExporterState();

    @Test
    void emptySetsTakeRoomToo() {
        int first = fill();
        assertThat(first).isBetween(10_000, 500_000);
        assertThat(pending.expire(1_000)).isEqualTo(first);
        assertThat(fill()).isEqualTo(first);
        assertThat(pending.take(state, 300)).hasSize(first);
        assertThat(fill()).isEqualTo(first);
    }

    private int fill() {
        int count = 0;
        while (count < MANY && pending.add(state, 300, Unpooled.EMPTY_BUFFER, 0, null, 0)) {
            count++;
        }
        return count;
    }
}
