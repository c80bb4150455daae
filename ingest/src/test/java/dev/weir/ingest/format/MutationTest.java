package dev.weir.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.InvalidRecordException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reads more than a million broken lines, over all formats: each is a flow, nothing, or an error that names a field.
 */
class MutationTest {
    private static final int LINES = 150_000;
    private static final String PIECES = "\"{}[]:,.-0123456789eE \\\tnulltrue";

    private static Stream<Arguments> formats() {
        return LineFormats.all().stream().map(format -> Arguments.of(Named.of(format.id(), format)));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void mutatedLinesThrowNothingElse(LineFormat format) {
        Random random = new Random(5);
        LineFormat.Reader reader = format.reader();
        List<byte[]> lines = format.example()
                .lines()
                .map(line -> line.getBytes(StandardCharsets.UTF_8))
                .toList();
        byte[] good = lines.get(lines.size() - 1);
        lines.subList(0, lines.size() - 1).forEach(reader::read);
        assertThat(reader.read(good)).isNotNull();
        int flows = 0;
        int rejected = 0;
        for (int i = 0; i < LINES; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j <= i % 3; j++) {
                bad[random.nextInt(bad.length)] = random.nextInt(4) == 0
                        ? (byte) random.nextInt(256)
                        : (byte) PIECES.charAt(random.nextInt(PIECES.length()));
            }
            try {
                flows += reader.read(bad) == null ? 0 : 1;
            } catch (InvalidRecordException e) {
                assertThat(e.field()).isNotNull();
                rejected++;
            }
        }
        assertThat(flows).isPositive();
        assertThat(rejected).isGreaterThan(LINES / 10);
        reader.read(good);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void exampleIsRecognisedByItsFirstLine(LineFormat format) {
        byte[] first = format.example().lines().findFirst().orElseThrow().getBytes(StandardCharsets.UTF_8);
        assertThat(LineFormats.detect(first).id()).isEqualTo(format.id());
    }
}
