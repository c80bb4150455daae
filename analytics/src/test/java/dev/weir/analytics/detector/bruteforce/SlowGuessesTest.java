package dev.weir.analytics.detector.bruteforce;

import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.HOUR;
import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.model.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class SlowGuessesTest {
    private final DetectorHarness<?> server =
            new DetectorHarness<>(new SlowGuesses(DetectorsConfig.defaults().of(BruteForce.TYPE)));

    private static Activity session(long slice, String client, long connections, long bytesBack) {
        return new ActivityBuilder(slice, workload(client), workload("bastion"), 22)
                .answered(connections)
                .bytes(connections * 2_400, connections * bytesBack)
                .build();
    }

    private List<Finding> minutely(long from, int times, IntToLongFunction bytesBack) {
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            long slice = from + i * MINUTE;
            found.addAll(server.run(slice, session(slice, "job", 1, bytesBack.applyAsLong(i))));
        }
        return found;
    }

    @Test
    void alikeLoginsAtAKnownServerAreGuesses() {
        assertThat(server.run(0, session(0, "ops", 1, 90_000))).isEmpty();
        List<Finding> found = minutely(HOUR, 10, i -> 3_069 + i % 2 * 52);
        assertThat(found).hasSize(3).first().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("credential-access");
            assertThat(finding.title()).isEqualTo("shop/job tries logins at shop/bastion port 22");
            assertThat(finding.evidence().observed()).containsEntry("attempts", 8.0);
            assertThat(finding.firstSeenMs()).isEqualTo(HOUR);
        });
    }

    @Test
    void refusedLoginsOfADatabaseOverMinutesAreGuesses() {
        assertThat(server.run(0, database(0, 90_000))).isEmpty();
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long slice = HOUR + i * MINUTE / 2;
            found.addAll(server.run(slice, database(slice, 437 + i % 2 * 52)));
        }
        assertThat(found).isNotEmpty().first().satisfies(finding -> assertThat(
                        finding.evidence().observed())
                .containsEntry("attempts", 30.0));
    }

    @Test
    void checksThatReadTheBannerAreNoGuesses() {
        assertThat(server.run(0, session(0, "ops", 1, 90_000))).isEmpty();
        for (int i = 0; i < 30; i++) {
            long slice = HOUR + i * MINUTE;
            assertThat(server.run(
                            slice,
                            new ActivityBuilder(slice, workload("nagios"), workload("bastion"), 22)
                                    .answered(1)
                                    .bytes(350, 1_700)
                                    .build()))
                    .isEmpty();
        }
    }

    private static Activity database(long slice, long bytesBack) {
        return new ActivityBuilder(slice, workload("job"), workload("db"), 5432)
                .answered(1)
                .bytes(534, bytesBack)
                .build();
    }

    @Test
    void sessionsOfDifferentSizesAreNoGuesses() {
        assertThat(server.run(0, session(0, "ops", 1, 90_000))).isEmpty();
        assertThat(minutely(HOUR, 12, i -> 2_000 + i * 330)).isEmpty();
        assertThat(minutely(2 * HOUR, 12, i -> 20_000)).as("work is done").isEmpty();
        assertThat(minutely(3 * HOUR, 12, i -> 200))
                .as("probes without a key exchange")
                .isEmpty();
    }

    @Test
    void clientOfTheFirstHourIsUsual() {
        assertThat(minutely(0, 240, i -> 3_069))
                .as("a poll that begins when the server is not known yet")
                .isEmpty();
        long later = 240 * MINUTE;
        assertThat(server.run(later, session(later, "job", 200, 3_069))).hasSize(1);
    }
}
