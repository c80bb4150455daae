package dev.weir.policy.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.PolicyKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DialectsTest {

    @Test
    void kindsAreThoseThatIngestWatches() {
        List<String> compiled = new ArrayList<>();
        for (Dialect dialect : Dialects.all()) {
            assertThat(dialect.kinds()).as(dialect.group()).containsAll(dialect.clusterKinds());
            dialect.kinds()
                    .forEach(kind -> compiled.add(
                            line(dialect.group(), kind, !dialect.clusterKinds().contains(kind))));
        }
        assertThat(PolicyKind.ALL)
                .extracting(kind -> line(kind.group(), kind.kind(), kind.namespaced()))
                .containsExactlyInAnyOrderElementsOf(compiled);
    }

    @Test
    void stagedKindsAreWatched() {
        List<String> staged = new ArrayList<>();
        Dialects.all()
                .forEach(dialect -> dialect.stagedKinds().forEach(kind -> staged.add(dialect.group() + " " + kind)));
        assertThat(PolicyKind.STAGED)
                .extracting(kind -> kind.group() + " " + kind.kind())
                .containsExactlyInAnyOrderElementsOf(staged);
    }

    /** Services, slices and namespaces describe the cluster too; Endpoints and Profiles are read from manifests. */
    @Test
    void kindsToWhichPoliciesReferAreWatched() {
        assertThat(Dialects.all().stream().flatMap(dialect -> dialect.referredKinds().stream()))
                .filteredOn(kind -> !Dialects.isPolicy(kind))
                .filteredOn(
                        kind -> !Set.of("Service", "EndpointSlice", "Namespace", "Endpoints", "Profile", "ConfigMap")
                                .contains(kind))
                .containsOnly(PolicyKind.REFERRED.stream().map(PolicyKind::kind).toArray(String[]::new))
                .contains(PolicyKind.REFERRED.stream().map(PolicyKind::kind).toArray(String[]::new));
    }

    @Test
    void referencesDistinguishAllKinds() {
        assertThat(Dialects.all().stream()
                        .flatMap(dialect -> dialect.kinds().stream().map(dialect::shownKind)))
                .doesNotHaveDuplicates();
    }

    /** Manifests and context changes without a group are read by the kind alone. */
    @Test
    void kindsOfOneNameHaveOneScope() {
        for (PolicyKind kind : PolicyKind.ALL) {
            assertThat(PolicyKind.ALL)
                    .filteredOn(other -> other.kind().equals(kind.kind()))
                    .allMatch(other -> other.namespaced() == kind.namespaced());
        }
    }

    private static String line(String group, String kind, boolean namespaced) {
        return group + " " + kind + (namespaced ? " in namespaces" : " of the cluster");
    }
}
