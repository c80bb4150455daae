package dev.weir.policy.dialect.istio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Expected;
import dev.weir.policy.Traffic;
import dev.weir.policy.YamlClusters;
import dev.weir.policy.cluster.Cluster;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IstioSettingsTest {
    private static final String WORLD = """
            {kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}},
             spec: {serviceAccountName: front, containers: [{name: istio-proxy}]}, status: {podIP: 10.0.0.1}}
            ---
            {kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}},
             spec: {containers: [{name: istio-proxy}]}, status: {podIP: 10.0.0.2}}
            ---
            """;

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, istio-system, DENY",
                "-, mesh-root, ALLOW",
                "rootNamespace: mesh-root, mesh-root, DENY",
                "rootNamespace: mesh-root, istio-system, ALLOW",
                "'{', istio-system, DENY"
            })
    void policyOfTheRootNamespaceHoldsForTheMesh(@Nullable String mesh, String namespace, Expected expected) {
        assertThat(decide(mesh, namespace, "DENY", "*"))
                .isEqualTo(expected == Expected.ALLOW ? Expected.UNSELECTED : expected);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, cluster.local/ns/shop/sa/front, ALLOW",
                "-, prod.example/ns/shop/sa/front, DENY",
                "trustDomain: prod.example, prod.example/ns/shop/sa/front, ALLOW",
                "trustDomain: prod.example, cluster.local/ns/shop/sa/front, ALLOW",
                "trustDomain: prod.example, other.example/ns/shop/sa/front, DENY"
            })
    void identitiesAreOfTheTrustDomain(@Nullable String mesh, String principal, Expected expected) {
        assertThat(decide(mesh, "shop", "ALLOW", principal)).isEqualTo(expected);
    }

    private static Expected decide(@Nullable String mesh, String namespace, String action, String principal) {
        String settings = mesh == null
                ? ""
                : "{apiVersion: v1, kind: ConfigMap, metadata: {name: istio, namespace: istio-system}, data: {mesh: \""
                        + mesh + "\"}}\n---\n";
        Cluster cluster = YamlClusters.of(
                WORLD,
                settings,
                "{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: p, namespace: "
                        + namespace + "}, spec: {action: " + action + ", rules: [{from: [{source: {principals: ['"
                        + principal + "']}}]}]}}");
        return cluster.policies()
                .decide(new Traffic(
                        Objects.requireNonNull(cluster.at("10.0.0.1")),
                        Objects.requireNonNull(cluster.at("10.0.0.2")),
                        "TCP",
                        5432))
                .expected();
    }
}
