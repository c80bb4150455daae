package dev.weir.policy.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published cases with their expected verdicts, kept beside the checkout. */
@Tag("shared-data")
class PolicyCorpusTest {
    private static final Path CASES = Path.of("../../shared/data/policy");

    @ParameterizedTest
    @CsvSource({
        "recipes, 33",
        "npguard, 12574",
        "admin-network-policy, 169",
        "cluster-network-policy, 145",
        "invalid, 23"
    })
    void everyCheckHolds(String corpus, int checks) {
        List<Outcome> outcomes = new ArrayList<>();
        assertThat(PolicySuite.run(CASES.resolve(corpus + ".json.gz"), outcomes::add))
                .isEmpty();
        assertThat(outcomes.stream().filter(outcome -> !outcome.passed())).isEmpty();
        assertThat(outcomes).hasSize(checks);
    }
}
