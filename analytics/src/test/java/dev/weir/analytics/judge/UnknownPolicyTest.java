package dev.weir.analytics.judge;

import static dev.weir.analytics.Samples.API;
import static dev.weir.analytics.Samples.DB;
import static dev.weir.analytics.Samples.change;
import static dev.weir.analytics.Samples.flow;
import static dev.weir.analytics.Samples.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.ContextChange;
import dev.weir.model.Expected;
import dev.weir.model.InvalidRecordException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies that a cluster has accepted and that the engine cannot compile. */
class UnknownPolicyTest {
    private final Judge judge = new Judge(Duration.ofHours(24), true);

    @BeforeEach
    void describe() {
        judge.apply(pod("api", API, 0));
        judge.apply(pod("db", DB, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'portRange':{'protocol':'TCP','start':10,'end':1}}]",
                "[{'portNumber':{'protocol':'ICMP','port':8080}}]",
                "[{'shape':'round'}]"
            })
    void policyThatCannotBeCompiledReplacesItsOldVersion(String ports) {
        judge.apply(admin(0, "[{'portNumber':{'protocol':'TCP','port':5432}}]"));
        assertThat(judge.unknownPolicy()).isNull();
        judge.apply(admin(1_000, ports));
        assertThat(judge.unknownPolicy()).contains("AdminNetworkPolicy odd").contains("spec.ingress[0].ports[0]");
        assertThat(expectedAt(500)).isEqualTo(Expected.DENY);
        assertThat(expectedAt(2_000)).isEqualTo(Expected.UNKNOWN);
        judge.apply(admin(3_000, "[{'portNumber':{'protocol':'TCP','port':5432}}]"));
        assertThat(expectedAt(4_000)).isEqualTo(Expected.DENY);
    }

    @Test
    void selectorThatCannotBeReadIsUnknownInItsNamespace() {
        judge.apply(change(
                "NetworkPolicy",
                "shop",
                "p",
                0,
                "{'apiVersion':'networking.k8s.io/v1','kind':'NetworkPolicy','metadata':{'name':'p','namespace':'shop'},"
                        + "'spec':{'podSelector':{'matchLabels':{'a':'b c'}}}}"));
        assertThat(judge.unknownPolicy()).contains("podSelector");
        assertThat(expectedAt(1_000)).isEqualTo(Expected.UNKNOWN);
    }

    @Test
    void recordThatIsNoPolicyLeavesTheOldVersion() {
        judge.apply(admin(0, "[{'portNumber':{'protocol':'TCP','port':5432}}]"));
        assertThatThrownBy(() -> judge.apply(change("AdminNetworkPolicy", null, "odd", 1_000, "{")))
                .isInstanceOf(InvalidRecordException.class);
        assertThat(expectedAt(2_000)).isEqualTo(Expected.DENY);
    }

    private Expected expectedAt(long ms) {
        return judge.judge(flow(ms, API, DB, 5432)).expected();
    }

    private static ContextChange admin(long validFromMs, String ports) {
        return change(
                "AdminNetworkPolicy",
                null,
                "odd",
                validFromMs,
                "{'apiVersion':'policy.networking.k8s.io/v1alpha1','kind':'AdminNetworkPolicy','metadata':{'name':'odd'},"
                        + "'spec':{'priority':1,'subject':{'namespaces':{}},'ingress':[{'action':'Deny',"
                        + "'from':[{'namespaces':{}}],'ports':"
                        + ports
                        + "}]}}");
    }
}
