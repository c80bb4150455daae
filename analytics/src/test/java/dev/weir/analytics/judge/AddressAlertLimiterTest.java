package dev.weir.analytics.judge;

import static dev.weir.common.Millis.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Entity;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Limits the names in alerts when more ends come than a cluster has. */
class AddressAlertLimiterTest {
    private final AddressAlertLimiter addressAlerts = new AddressAlertLimiter();
    private final Set<String> named = new HashSet<>();

    private static Entity workload(String name) {
        return Entity.workload("shop", name, "Deployment");
    }

    private static Entity address(String address) {
        return new Entity(null, null, null, null, address, null, null, null);
    }

    private AddressAlertLimiter.Ends name(Entity source, Entity destination, boolean isKnown, long ms) {
        AddressAlertLimiter.Ends ends =
                addressAlerts.named(source, destination, isKnown, isKnown, PolicyOutcome.UNEXPLAINED, ms);
        named.add(ends.source().key() + " " + ends.destination().key());
        return ends;
    }

    @Test
    void inventedNamesAreLimitedToSomePairsADay() {
        for (int i = 0; i < 100_000; i++) {
            name(workload("w" + i), address("10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256), false, DAY);
        }
        assertThat(named).hasSize(AddressAlertLimiter.MAX_PAIRS + 1).contains("unnamed unnamed");
        assertThat(name(workload("w0"), address("10.0.0.0"), false, DAY + 1).source())
                .as("a pair that is named already")
                .isEqualTo(workload("w0"));
        assertThat(name(workload("next"), address("10.9.9.9"), false, 2 * DAY).source())
                .as("on the next day")
                .isEqualTo(workload("next"));
    }

    @Test
    void confirmedEndsAreNamedBeyondTheLimit() {
        for (int i = 0; i < 10_000; i++) {
            name(workload("w" + i), workload("db"), false, DAY);
        }
        for (int i = 0; i < 10_000; i++) {
            Entity own = workload("own" + i);
            assertThat(name(own, workload("db"), true, DAY))
                    .isEqualTo(new AddressAlertLimiter.Ends(own, workload("db")));
        }
    }

    @Test
    void confirmedEndOfAnUnconfirmedPairIsNamed() {
        for (int i = 0; i < AddressAlertLimiter.MAX_PAIRS; i++) {
            name(workload("w" + i), workload("db"), false, DAY);
        }
        AddressAlertLimiter.Ends ends =
                addressAlerts.named(workload("invented"), workload("db"), false, true, PolicyOutcome.BYPASS, DAY);
        assertThat(ends).isEqualTo(new AddressAlertLimiter.Ends(Entity.unnamed(), workload("db")));
        assertThat(addressAlerts.unnamed()).isEqualTo(1);
    }
}
