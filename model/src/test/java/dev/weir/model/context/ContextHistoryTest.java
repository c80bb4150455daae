package dev.weir.model.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ContextHistoryTest {
    private static final String POD =
            "{'metadata':{'name':'%s','namespace':'shop','labels':{'app':'%s','pod-template-hash':'7d9f'},"
                    + "'ownerReferences':[{'kind':'ReplicaSet','name':'%s-7d9f','controller':true}]},"
                    + "'spec':{'nodeName':'n1','containers':[{'ports':[{'name':'http','containerPort':8080}]}]},"
                    + "'status':{'podIP':'%s'}}";

    private final ContextHistory history = new ContextHistory(Duration.ofHours(24));

    @Test
    void addressBelongsToItsPodAtThatTime() {
        apply("Pod", "shop", "web-1", 1_000, pod("web-1", "web", "10.0.0.5"));
        apply("Pod", "shop", "web-1", 5_000, null);
        apply("Pod", "shop", "db-1", 6_000, pod("db-1", "db", "10.0.0.5"));

        assertThat(resolve("10.0.0.5", 999).workload()).isNull();
        assertThat(resolve("10.0.0.5", 1_000).workload()).isEqualTo("web");
        assertThat(resolve("10.0.0.5", 5_500).workload()).isNull();
        Endpoint db = resolve("10.0.0.5", 6_000);
        assertThat(db.workload()).isEqualTo("db");
        assertThat(db.workloadKind()).isEqualTo("Deployment");
        assertThat(db.node()).isEqualTo("n1");
        assertThat(db.labels()).containsEntry("app", "db");
    }

    @Test
    void latestClaimWinsWhenTwoOverlap() {
        apply("Pod", "shop", "web-1", 1_000, pod("web-1", "web", "10.0.0.5"));
        apply("Pod", "shop", "db-1", 2_000, pod("db-1", "db", "10.0.0.5"));
        assertThat(resolve("10.0.0.5", 1_500).workload()).isEqualTo("web");
        assertThat(resolve("10.0.0.5", 2_500).workload()).isEqualTo("db");
    }

    @Test
    void servicesAndNodesAreKnownByTheirAddresses() {
        apply(
                "Service",
                "shop",
                "db",
                0,
                "{'metadata':{'name':'db','namespace':'shop'},'spec':{'clusterIP':'10.96.0.9'}}");
        apply(
                "Service",
                "shop",
                "headless",
                0,
                "{'metadata':{'name':'headless','namespace':'shop'},'spec':{'clusterIP':'None'}}");
        apply(
                "Node",
                null,
                "n1",
                0,
                "{'metadata':{'name':'n1'},'status':{'addresses':[{'type':'InternalIP','address':'172.18.0.2'},{'type':'Hostname','address':'n1'}]}}");
        assertThat(resolve("10.96.0.9", 1).service()).isEqualTo("db");
        assertThat(resolve("10.96.0.9", 1).namespace()).isEqualTo("shop");
        assertThat(resolve("172.18.0.2", 1).node()).isEqualTo("n1");
        assertThat(resolve("172.18.0.2", 1).pod()).isNull();
    }

    @Test
    void hostNetworkPodsLeaveTheAddressToTheNode() {
        apply(
                "Node",
                null,
                "n1",
                0,
                "{'metadata':{'name':'n1'},'status':{'addresses':[{'type':'InternalIP','address':'172.18.0.2'}]}}");
        apply(
                "Pod",
                "kube-system",
                "proxy",
                1,
                "{'metadata':{'name':'proxy','namespace':'kube-system'},'spec':{'hostNetwork':true},'status':{'podIP':'172.18.0.2'}}");
        assertThat(resolve("172.18.0.2", 2).pod()).isNull();
        assertThat(resolve("172.18.0.2", 2).node()).isEqualTo("n1");
    }

    @Test
    void namesOfTheRecordWin() {
        apply("Pod", "shop", "web-1", 0, pod("web-1", "web", "10.0.0.5"));
        Endpoint complete = Endpoint.builder()
                .ip("10.0.0.5")
                .port(1)
                .namespace("other")
                .pod("x-1")
                .workload("x")
                .workloadKind("DaemonSet")
                .build();
        assertThat(history.resolve(complete, 5)).isEqualTo(complete);
    }

    @Test
    void repeatedChangeAltersNothing() {
        ContextChange change = new ContextChange("Pod", "shop", "web-1", 1, "test", pod("web-1", "web", "10.0.0.5"));
        assertThat(history.apply(change)).isTrue();
        assertThat(history.apply(change)).isFalse();
        assertThat(history.changes()).containsExactly(change);
    }

    @Test
    void oldVersionsAreForgottenButNotTheOneInForce() {
        long day = Duration.ofDays(1).toMillis();
        apply("Namespace", null, "shop", 0, "{'metadata':{'name':'shop','labels':{'v':'0'}}}");
        apply("Namespace", null, "shop", day, "{'metadata':{'name':'shop','labels':{'v':'1'}}}");
        apply("Namespace", null, "shop", 3 * day, "{'metadata':{'name':'shop','labels':{'v':'2'}}}");
        assertThat(history.changes()).hasSize(2);
        assertThat(history.namespaceLabels("shop", 2 * day)).containsEntry("v", "1");
        assertThat(history.namespaceLabels("shop", 3 * day)).containsEntry("v", "2");
        apply("Namespace", null, "shop", 4 * day, null);
        history.prune(6 * day);
        assertThat(history.size()).isZero();
        assertThat(history.namespaceLabels("shop", 6 * day)).containsOnlyKeys("kubernetes.io/metadata.name");
    }

    @Test
    void brokenObjectsAreRefusedByField() {
        assertThatThrownBy(
                        () -> apply("Pod", "shop", "x", 0, "{'metadata':{'name':'x'},'status':{'podIP':'10.0.0.300'}}"))
                .hasMessage("status.podIP: '10.0.0.300' is not an IP address");
        assertThatThrownBy(() -> apply("Namespace", null, "x", 0, "{'metadata':{}}"))
                .hasMessage("metadata.name: is missing");
    }

    private static String pod(String name, String app, String ip) {
        return POD.formatted(name, app, app, ip).replace('\'', '"');
    }

    private Endpoint resolve(String ip, long ms) {
        return history.resolve(Endpoint.of(ip, null), ms);
    }

    private void apply(
            String kind,
            @org.jspecify.annotations.Nullable String namespace,
            String name,
            long from,
            @org.jspecify.annotations.Nullable String object) {
        history.apply(new ContextChange(
                kind, namespace, name, from, "test", object == null ? null : object.replace('\'', '"')));
    }
}
