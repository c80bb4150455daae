package dev.weir.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.TcpFlags;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Goflow2FormatTest {
    private static final String LINE = new Goflow2Format().example();

    private static byte[] bytes(String line) {
        return line.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void lineIsRead() {
        Flow flow = new Goflow2Format().reader().read(bytes(LINE));
        assertThat(flow.startMs()).isEqualTo(1_790_000_000_000L);
        assertThat(flow.endMs()).isEqualTo(1_790_000_001_250L);
        assertThat(flow.source().port()).isEqualTo(40_000);
        assertThat(flow.source().tcpFlags()).isEqualTo(TcpFlags.SYN);
        assertThat(flow.destination().ip()).isEqualTo("10.0.0.2");
        assertThat(flow.sampling()).isEqualTo(100);
        assertThat(flow.reporter()).isEqualTo("10.0.0.254");
    }

    @Test
    void firstLineShowsTheFormat() {
        Goflow2Format format = new Goflow2Format();
        assertThat(format.begins(LINE, LineFormats.tree(bytes(LINE)))).isTrue();
        assertThat(format.begins("{}", LineFormats.tree(bytes("{}")))).isFalse();
    }

    @Test
    void wrongFieldIsNamed() {
        LineFormat.Reader reader = new Goflow2Format().reader();
        assertThatThrownBy(() -> reader.read(bytes(LINE.replace("443", "70000"))))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("dst_port");
    }
}
