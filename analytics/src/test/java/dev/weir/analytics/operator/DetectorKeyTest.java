package dev.weir.analytics.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.detector.DetectorScope;
import dev.weir.model.Entity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectorKeyTest {
    private static final Entity WEB = Entity.workload("shop", "web", "Deployment");
    private static final Entity PEER = new Entity(null, null, null, null, "203.0.113.1", null, null, null);

    @ParameterizedTest
    @CsvSource({"SOURCE,shop/web,false", "EDGE,shop/web,true", "DESTINATION,,true"})
    void keyHasTheEndsOfItsScope(DetectorScope scope, @Nullable String workload, boolean isOfAddress) {
        ActivityPart part = new ActivityPart(0, "east", WEB.key(), PEER.key(), "TCP/443", new byte[0]);
        String key = DetectorKey.of(part, scope);
        assertThat(key).startsWith("east|");
        assertThat(DetectorKey.workload(key)).isEqualTo(workload);
        assertThat(DetectorKey.isOfAddress(key)).isEqualTo(isOfAddress);
    }
}
