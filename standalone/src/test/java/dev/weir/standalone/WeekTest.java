package dev.weir.standalone;

import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.job.OfflineRun;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.codec.FlowCodec;
import dev.weir.standalone.demo.Week;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A week of two hundred workloads with fifteen attacks: counts the attacks found and the false alarms. */
@Tag("long")
class WeekTest {
    private static final Path PAGE = Path.of("../docs/reference/detection-quality.md");
    /** The seed of the published figures; others can be tried. */
    private static final long SEED = Long.getLong("weir.test.week.seed", 1);

    @Test
    void attacksAreFoundAndOrdinaryDaysAreQuiet() throws Exception {
        Week week = new Week(SEED);
        long[] flows = {0};
        List<Alert> alerts = OfflineRun.run(
                        encoded(week, flows),
                        List.of(),
                        AnalyticsConfig.defaults().atAnyTime(),
                        rejected -> fail(rejected.reason()))
                .alerts();
        List<Week.Attack> missed = new ArrayList<>(week.attacks());
        List<Alert> wrong = new ArrayList<>();
        int quiet = 0;
        for (Alert alert : alerts) {
            List<Week.Attack> about = week.attacks().stream()
                    .filter(attack -> isAbout(alert, attack))
                    .toList();
            missed.removeAll(about);
            if (about.isEmpty() && !alert.isUnreported() && !alert.detector().equals("digest")) {
                wrong.add(alert);
            }
            quiet += alert.isUnreported() ? 1 : 0;
        }
        long late = wrong.stream()
                .filter(alert -> alert.firstSeenMs() >= Week.BEGAN + 2 * DAY)
                .count();
        double perDay = late / (double) (Week.DAYS - 2);
        System.out.printf(
                Locale.ROOT,
                "a week of 200 workloads, %,d flows: %d of %d attacks found, %d alerts (%d folded), %d false after two days,"
                        + " %.1f a day%n",
                flows[0],
                week.attacks().size() - missed.size(),
                week.attacks().size(),
                alerts.size(),
                quiet,
                late,
                perDay);
        String line = String.format(
                Locale.ROOT,
                "seed %d: %,d flows, %d of %d attacks found, %.1f false alerts a day",
                SEED,
                flows[0],
                week.attacks().size() - missed.size(),
                week.attacks().size(),
                perDay);
        missed.forEach(attack -> System.out.println("missed: " + attack));
        wrong.forEach(alert -> System.out.println("false: " + (alert.firstSeenMs() - Week.BEGAN) / HOUR + " h "
                + alert.severity() + " " + alert.confidence() + " " + alert.detector() + ": " + alert.title() + " "
                + alert.evidence().caveats()));
        assertThat(missed).isEmpty();
        assertThat(perDay).isLessThanOrEqualTo(1);
        if (SEED == 1) {
            assertThat(Files.readAllLines(PAGE)).contains(line);
        }
    }

    private static boolean isAbout(Alert alert, Week.Attack attack) {
        boolean then = alert.firstSeenMs() <= attack.untilMs() + HOUR && alert.lastSeenMs() >= attack.fromMs() - HOUR;
        boolean actor = is(alert.source(), attack.actor()) || is(alert.destination(), attack.actor());
        boolean victim = attack.victim() != null
                && (is(alert.source(), attack.victim()) || is(alert.destination(), attack.victim()));
        return then && (actor || victim);
    }

    private static boolean is(@Nullable Entity entity, String name) {
        return entity != null && (name.equals(entity.workload()) || Objects.equals(name, entity.ip()));
    }

    private static Iterator<byte[]> encoded(Iterator<Flow> flows, long[] count) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return flows.hasNext();
            }

            @Override
            public byte[] next() {
                count[0]++;
                return FlowCodec.encode(flows.next());
            }
        };
    }
}
