package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineTest {
    @ParameterizedTest
    @ValueSource(strings = {"quarantined", "held"})
    void memberIsReadByItsNewAndItsOldName(String field) {
        String json = """
                {"name": "db", "first_seen_ms": 1, "last_seen_ms": 2, "windows": 3, "%s": true}
                """.formatted(field);
        Baseline.Member member = Json.read(json.getBytes(StandardCharsets.UTF_8), Baseline.Member.class);
        assertThat(member).isEqualTo(new Baseline.Member("db", 1, 2, 3, true));
        assertThat(new String(Json.write(member), StandardCharsets.UTF_8)).contains("\"quarantined\":true");
    }
}
