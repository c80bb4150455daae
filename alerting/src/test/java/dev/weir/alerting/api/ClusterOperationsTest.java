package dev.weir.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.ContextChange;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Workloads, policies and explanations of one or several clusters. */
class ClusterOperationsTest extends ApiHarness {
    @Test
    void workloadsAndPoliciesAreListedAndPairsExplained() throws Exception {
        describeShop();
        JsonNode workloads = json("/api/v1/workloads?namespace=shop&limit=1", 200);
        assertThat(workloads.at("/workloads/0/workload").asText()).isEqualTo("db");
        assertThat(workloads.at("/workloads/0/ingress/isolated").asBoolean()).isTrue();
        assertThat(workloads.at("/workloads/0/ingress/policies/0").asText()).isEqualTo("NetworkPolicy shop/db");
        assertThat(workloads.at("/workloads/0/egress/isolated").asBoolean()).isFalse();
        assertThat(workloads.at("/workloads/0/listens/0").asText()).isEqualTo("TCP/80");
        JsonNode rest = json(
                "/api/v1/workloads?namespace=shop&after="
                        + workloads.path("next_after").asText(),
                200);
        assertThat(rest.path("workloads")).hasSize(1);
        assertThat(rest.at("/workloads/0/workload").asText()).isEqualTo("web");
        assertThat(json("/api/v1/workloads?isolated=true", 200).path("workloads"))
                .isEmpty();
        assertThat(json("/api/v1/workloads?isolated=false", 200).path("workloads"))
                .hasSize(3);

        JsonNode policy =
                json("/api/v1/policies?manifest=true", 200).path("policies").path(0);
        assertThat(policy.path("name").asText()).isEqualTo("db");
        assertThat(policy.path("mode").asText()).isEqualTo("audit");
        assertThat(policy.path("selects").asInt()).isEqualTo(1);
        assertThat(policy.at("/manifest/spec/policyTypes/0").asText()).isEqualTo("Ingress");
        assertThat(json("/api/v1/policies?kind=none", 200).path("policies")).isEmpty();

        JsonNode denied = json("/api/v1/explanations?from=other/spy&to=shop/db&port=5432", 200)
                .at("/explanations/0");
        assertThat(denied.path("expected").asText()).isEqualTo("deny");
        assertThat(denied.at("/ingress/because").asText()).contains("NetworkPolicy shop/db ingress[0]");
        assertThat(denied.path("patch").asText()).contains("kubectl patch networkpolicy db -n shop");
        JsonNode allowed = json("/api/v1/explanations?from=shop/web-0&to=10.0.0.2&port=5432&protocol=tcp", 200)
                .at("/explanations/0");
        assertThat(allowed.path("expected").asText()).isEqualTo("allow");
        assertThat(allowed.has("patch")).isFalse();
        assertThat(json("/api/v1/explanations?from=shop/absent&to=shop/db&port=1", 400)
                        .path("detail")
                        .asText())
                .startsWith("from: no pod or workload shop/absent");
        json("/api/v1/explanations?from=shop/web&to=shop/db", 400);

        cluster.apply(new ContextChange("NetworkPolicy", "shop", "db", 1, "test", null));
        assertThat(json("/api/v1/policies", 200).path("policies"))
                .as("seen as it was a moment ago")
                .hasSize(1);
        now += 2_000;
        assertThat(json("/api/v1/policies", 200).path("policies")).isEmpty();
    }

    @Test
    void oneOfSeveralClustersMustBeNamed() throws Exception {
        for (String name : List.of("a", "b")) {
            cluster.apply(new ContextChange(
                    name,
                    null,
                    "NetworkPolicy",
                    "shop",
                    "of-" + name,
                    7,
                    "test",
                    "{\"apiVersion\":\"networking.k8s.io/v1\",\"spec\":{\"podSelector\":{}}}"));
        }
        assertThat(json("/api/v1/policies?cluster=b", 200)
                        .at("/policies/0/name")
                        .asText())
                .isEqualTo("of-b");
        assertThat(json("/api/v1/policies?cluster=b", 200)
                        .at("/policies/0/valid_from_ms")
                        .asLong())
                .isEqualTo(7);
        assertThat(json("/api/v1/policies", 400).path("detail").asText())
                .isEqualTo("cluster: there are several; give one of: a, b");
        assertThat(json("/api/v1/workloads?cluster=c", 400).path("detail").asText())
                .isEqualTo("cluster: 'c' is not known; known are: a, b");
    }

    @Test
    void clusterViewIsLimitedToNamespaces() throws Exception {
        describeShop();
        String[] vera = onlyFor("vera", "viewer", "other");
        assertThat(get("/metrics").statusCode()).isEqualTo(401);
        assertThat(get("/metrics", vera).statusCode()).isEqualTo(403);
        assertThat(get("/api/v1/workloads", vera).body()).contains("spy").doesNotContain("shop");
        assertThat(get("/api/v1/policies", vera).body()).doesNotContain("shop");
        HttpResponse<String> hers = get("/api/v1/explanations?from=other/spy&to=10.0.0.2&port=5432", vera);
        assertThat(hers.statusCode()).isEqualTo(200);
        assertThat(hers.body()).contains("\"expected\":\"deny\"", "other/spy").doesNotContain("shop");
        Set<String> answers = new TreeSet<>();
        for (String theirs : List.of(
                "from=shop/web&to=shop/db",
                "from=shop/x&to=shop/db",
                "from=shop/web&to=shop/x",
                "from=no&to=10.0.0.2")) {
            HttpResponse<String> answer = get("/api/v1/explanations?port=5432&" + theirs, vera);
            assertThat(answer.statusCode()).isEqualTo(404);
            answers.add(answer.body());
        }
        assertThat(answers).as("whether there is such a workload or not").hasSize(1);
        for (String wrong : List.of("", "&port=1&protocol=x")) {
            assertThat(get("/api/v1/explanations?from=other/spy&to=shop/db" + wrong, vera)
                            .statusCode())
                    .as("the mistake reveals nothing about either end")
                    .isEqualTo(400);
        }
    }
}
