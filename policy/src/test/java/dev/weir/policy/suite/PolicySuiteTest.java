package dev.weir.policy.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.common.manifest.Problem;
import dev.weir.policy.YamlClusters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicySuiteTest {
    private final Path folder;
    private final List<Outcome> outcomes = new ArrayList<>();

    PolicySuiteTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        Files.writeString(folder.resolve("shop.yaml"), YamlClusters.SHOP + YamlClusters.DB);
    }

    @Test
    void podsWorkloadsAndAddressesAreChecked() throws IOException {
        assertThat(run("""
                cases:
                - name: db
                  manifests: [shop.yaml]
                  checks:
                  - {from: {namespace: shop, pod: api-1}, to: {namespace: shop, workload: db, kind: StatefulSet}, protocol: TCP, port: 5432, expect: allow}
                  - {from: {namespace: shop, pod: web-1}, to: {namespace: shop, workload: db}, port: 5432, expect: deny}
                  - {from: {ip: 192.0.2.1}, to: {namespace: shop, workload: db}, port: 5432, expect: deny}
                  - {from: {namespace: shop, workload: db}, to: {namespace: shop, workload: db}, port: 5432, expect: deny}
                  - {from: {namespace: shop, workload: db}, to: {ip: 192.0.2.1}, protocol: ICMP, expect: allow}
                """)).isEmpty();
        assertThat(outcomes).hasSize(5).allMatch(Outcome::passed);
    }

    @Test
    void failedCheckIsExplained() throws IOException {
        run("""
                cases:
                - name: db
                  manifests: [shop.yaml]
                  checks:
                  - {from: {namespace: shop, pod: web-1}, to: {namespace: shop, workload: db}, port: 5432, expect: allow}
                  - {from: {namespace: shop, pod: absent}, to: {namespace: shop, workload: db}, port: 5432, expect: allow}
                """);
        assertThat(outcomes)
                .extracting(Outcome::check)
                .containsExactly("TCP/5432 from shop/web-1 to shop/db", "TCP/5432 from shop/absent to shop/db");
        assertThat(outcomes.get(0).failure())
                .contains(
                        "expected allow",
                        "ingress: deny: No rule of NetworkPolicy shop/db allows TCP/5432 from shop/web-1. The nearest rule, NetworkPolicy shop/db ingress[0], does not match: ");
        assertThat(outcomes.get(1).failure()).isEqualTo("there is no shop/absent in the manifests");
    }

    @Test
    void decidingPolicyIsCheckedWithItsRule() throws IOException {
        String check =
                "  - {from: {namespace: shop, pod: api-1}, to: {namespace: shop, workload: db}, port: 5432, expect: allow,"
                        + " decided: {ingress: {verdict: allow, by: [{kind: NetworkPolicy, namespace: shop, name: %s, rule: '%s'}]},"
                        + " egress: {by: [{kind: default}]}}}\n";
        run("cases:\n- name: db\n  manifests: [shop.yaml]\n  checks:\n" + check.formatted("db", "#1")
                + check.formatted("db", "ingress[0]") + check.formatted("db", "#2") + check.formatted("other", "#1"));
        assertThat(outcomes).extracting(Outcome::passed).containsExactly(true, true, false, false);
        assertThat(outcomes.get(3).failure())
                .contains("ingress is decided by NetworkPolicy shop/db ingress[0], not by NetworkPolicy shop/other #1");
    }

    @Test
    void manifestsMayHaveToBeRefused() throws IOException {
        run("""
                cases:
                - name: refused
                  expect_error: no such CIDR
                  resources:
                  - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: A}}]}]}}
                - name: not refused
                  expect_error: nothing
                  manifests: [shop.yaml]
                - name: wrongly refused
                  checks: []
                  resources:
                  - {kind: Namespace, metadata: {name: a}}
                  - {kind: Namespace, metadata: {name: a}}
                """);
        assertThat(outcomes).extracting(Outcome::passed).containsExactly(true, false, false);
        assertThat(outcomes.get(2).failure()).contains("cases.yaml:13: Namespace a: metadata.name: stands already in");
    }

    @Test
    void mistakesInACaseAreNotTakenForARefusal() throws IOException {
        List<Problem> problems = run("""
                cases:
                - {name: a, manifests: [none.yaml], expect_error: refused}
                - {name: b, manifests: shop.yaml, checks: []}
                - {name: c, manifests: [shop.yaml]}
                - {name: d, expect_error: false, checks: []}
                - {name: e, checks: [{from: {ip: 1.1.1.1}, to: {ip: 1.1.1.2}, port: 7, expect: allow, decided: {ingres: {}}}]}
                - {name: f, checks: {from: {ip: 1.1.1.1}}}
                - {name: g, checks: [{from: {namespace: a, pod: }, to: {ip: 1.1.1.2}, port: 7, expect: allow}]}
                """);
        assertThat(outcomes).singleElement().matches(outcome -> !outcome.passed());
        assertThat(problems)
                .extracting(problem -> problem.line() + " " + problem.field())
                .containsExactly(
                        "3 cases[1].manifests",
                        "4 cases[2].checks",
                        "5 cases[3].expect_error",
                        "6 cases[4].checks[0].decided.ingres",
                        "7 cases[5].checks",
                        "8 cases[6].checks[0].from");
    }

    @Test
    void replicasOfAWorkloadAreNotTheSamePod() throws IOException {
        run("""
                cases:
                - name: closed
                  resources:
                  - {kind: Deployment, metadata: {name: web, namespace: a}, spec: {template: {metadata: {labels: {app: web}}}}}
                  - {kind: StatefulSet, metadata: {name: web, namespace: a}, spec: {template: {metadata: {labels: {app: sweb}}}}}
                  - {kind: Pod, metadata: {name: x-0, namespace: a, ownerReferences: [{kind: StatefulSet, name: x}]}}
                  - {kind: Pod, metadata: {name: x-1, namespace: a, ownerReferences: [{kind: StatefulSet, name: x}]}}
                  - {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: d, namespace: a}, spec: {podSelector: {}, policyTypes: [Ingress]}}
                  checks:
                  - {from: {namespace: a, workload: web, kind: Deployment}, to: {namespace: a, workload: web, kind: StatefulSet}, port: 1, expect: deny}
                  - {from: {namespace: a, workload: web, kind: Deployment}, to: {namespace: a, workload: web, kind: Deployment}, port: 1, expect: deny}
                  - {from: {namespace: a, workload: x}, to: {namespace: a, workload: x}, port: 1, expect: deny}
                  - {from: {namespace: a, pod: x-0}, to: {namespace: a, pod: x-0}, port: 1, expect: allow}
                """);
        assertThat(outcomes).hasSize(4).allMatch(Outcome::passed);
    }

    @Test
    void malformedCasesAreNamedByLine() throws IOException {
        List<Problem> problems = run("""
                cases:
                - name: db
                  manifest: [shop.yaml]
                - name: b
                  checks:
                  - {from: {pod: x}, to: {ip: 1.1.1.1}, port: 1, expect: allow}
                  - {from: {ip: 1.1.1.1}, to: {ip: 1.1.1.300}, port: 1, expect: allow}
                  - {from: {ip: 1.1.1.1}, to: {ip: 1.1.1.2}, port: 70000, expect: allow}
                  - {from: {ip: 1.1.1.1}, to: {ip: 1.1.1.2}, port: 7, expect: maybe}
                more: 1
                """);
        assertThat(problems)
                .extracting(problem -> problem.line() + " " + problem.field())
                .containsExactly(
                        "10 more",
                        "3 cases[0].manifest",
                        "6 cases[1].checks[0].from",
                        "7 cases[1].checks[1].to.ip",
                        "8 cases[1].checks[2].port",
                        "9 cases[1].checks[3].expect");
        assertThat(run("a: 1\n"))
                .singleElement()
                .extracting(Problem::reason)
                .asString()
                .contains("must be a list of cases");
        assertThat(run("cases: [\n"))
                .singleElement()
                .extracting(Problem::reason)
                .asString()
                .startsWith("not YAML");
    }

    @Test
    void emptyListOfCasesIsAccepted() throws IOException {
        assertThat(run("cases: []\n")).isEmpty();
        assertThat(outcomes).isEmpty();
    }

    @Test
    void refusalsOfTheServerMayBeExpected() throws IOException {
        assertThat(run("""
                cases:
                - name: judged and refused
                  expect_error: needs a namespaceSelector
                  checks: [{from: {ip: 192.0.2.1}, to: {ip: 192.0.2.2}, port: 1, expect: allow}]
                  resources:
                  - {apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: {name: a}, spec: {priority: 1, subject: {pods: {podSelector: {}}}}}
                """)).isEmpty();
        assertThat(outcomes).hasSize(2).allMatch(Outcome::passed);
    }

    private List<Problem> run(String text) throws IOException {
        Path file = folder.resolve("cases.yaml");
        Files.writeString(file, text);
        return PolicySuite.run(file, outcomes::add);
    }
}
