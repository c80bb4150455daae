package dev.weir.alerting.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.Test;

/**
 * A script that was released never changes: databases that ran it would not open any more. A change is a new script.
 */
class MigrationsTest {
    private static final Map<String, Integer> RELEASED = Map.of(
            "V1__alerts_and_outbox.sql", -727591814,
            "V2__incidents.sql", 1836733396,
            "V3__baselines.sql", 520590381,
            "V4__edges.sql", -894750907,
            "V5__lists.sql", 703781251,
            "V6__leases.sql", -1033072796,
            "V7__keys_and_clusters.sql", 365493410,
            "V8__members_notified.sql", 168311972);

    @Test
    void scriptsThatWereReleasedAreAsTheyWere() {
        Map<String, Integer> found = new LinkedHashMap<>();
        Flyway flyway =
                Flyway.configure().dataSource(Databases.H2.url(), null, null).load();
        for (MigrationInfo each : Arrays.asList(flyway.info().all())) {
            found.put(each.getScript(), each.getChecksum());
        }
        assertThat(found).containsAllEntriesOf(RELEASED);
        assertThat(found).hasSizeGreaterThanOrEqualTo(RELEASED.size());
    }
}
