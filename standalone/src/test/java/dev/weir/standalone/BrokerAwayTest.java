package dev.weir.standalone;

import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.standalone.demo.Demo;
import dev.weir.standalone.demo.Simulator;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills the broker repeatedly, for a second or for longer than the clients' time-outs, while flows keep coming. The
 * system property {@code weir.test.kills} sets the number of kills.
 */
@Tag("long")
class BrokerAwayTest {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerAwayTest.class);
    private static final long BEGAN = 1_790_000_000_000L;
    /** The broker is away for longer than the idleness, so that partitions would go idle that are not empty. */
    private static final Map<String, String> SETTINGS =
            Map.of("WEIR_ANALYTICS_CHECKPOINT_INTERVAL", "2s", "WEIR_ANALYTICS_IDLENESS", "3s");

    @TempDir
    Path folder;

    @BeforeEach
    void requireNamespaces() throws Exception {
        RequiredPrograms.require("ip");
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void jobGoesOnAfterEachKillOfTheBroker() throws Exception {
        int kills = Integer.getInteger("weir.test.kills", 3);
        Random random = new Random(7);
        Simulator simulator = new Simulator(7);
        List<Long> recovered = new ArrayList<>();
        try (ComposeStack stack = new ComposeStack(folder, SETTINGS)) {
            PrintWriter silent = new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            new Demo(7, InstantSource.system(), silent).describe(stack.manifests());
            stack.start();
            stack.post(SimulatedLines.of(simulator.everyEdge(BEGAN)));
            for (int kill = 0; kill < kills; kill++) {
                long at = BEGAN + kill * 2L * MINUTE;
                stack.post(SimulatedLines.of(simulator.usual(at, at + MINUTE)));
                stack.kill("kafka");
                stack.post(SimulatedLines.of(simulator.forbiddenConnection(at + MINUTE)));
                Thread.sleep(500 + random.nextInt(12_000)); // how long the broker is away, not a wait for anything
                stack.start("kafka");
                long began = System.nanoTime();
                // Later traffic closes the slice of the forbidden connection.
                stack.post(SimulatedLines.of(simulator.usual(at + MINUTE, at + 2 * MINUTE)));
                int expected = kill + 1;
                await().atMost(Duration.ofMinutes(5)).until(() -> bypasses(stack) >= expected);
                recovered.add(Duration.ofNanos(System.nanoTime() - began).toMillis());
                LOG.info("after kill {} the alert came {} ms after the broker's start", expected, recovered.get(kill));
            }
            assertThat(bypasses(stack)).isEqualTo(kills);
        }
        LOG.info("recovered after {} ms", recovered);
    }

    /** The connections that the one alert of the forbidden edge counts. */
    private static int bypasses(ComposeStack stack) throws Exception {
        int count = 0;
        for (JsonNode alert : stack.api("/api/v1/alerts?limit=1000").path("alerts")) {
            count += alert.path("detector").asText().equals("policy-bypass")
                    ? alert.path("count").asInt()
                    : 0;
        }
        return count;
    }
}
