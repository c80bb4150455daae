package dev.weir.policy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.common.manifest.ManifestFile;
import dev.weir.policy.YamlClusters;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest {
    private static final String NETWORK = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n";
    private static final String V1ALPHA1 = "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: ";
    private static final String CLUSTER =
            "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: a}\n";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {ingress: [{from: [{}]}]}                                               | spec.ingress[0].from[0]
            {ingress: [{from: [null]}]}                                             | spec.ingress[0].from[0]
            {ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]}   | spec.ingress[0].from[0].ipBlock
            {ingress: [{from: [{ipBlock: {}}]}]}                                    | spec.ingress[0].from[0].ipBlock.cidr
            {ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}                    | spec.ingress[0].from[0].ipBlock.cidr
            {ingress: [{from: [{ipBlock: {cidr: 010.0.0.0/8}}]}]}                   | spec.ingress[0].from[0].ipBlock.cidr
            {ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/08}}]}]}                   | spec.ingress[0].from[0].ipBlock.cidr
            {ingress: [{from: [{ipBlock: {cidr: "::ffff:10.0.0.0/104"}}]}]}         | spec.ingress[0].from[0].ipBlock.cidr
            {ingress: [{from: [{ipBlock: {cidr: "fd00::00001/128"}}]}]}             | spec.ingress[0].from[0].ipBlock.cidr
            {ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/9]}}]}]} | spec.ingress[0].from[0].ipBlock.except[0]
            {ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}]} | spec.ingress[0].from[0].ipBlock.except[0]
            {ingress: [{ports: [{protocol: ""}]}]}                                  | spec.ingress[0].ports[0].protocol
            {ingress: [{ports: [{port: a--b}]}]}                                    | spec.ingress[0].ports[0].port
            {ingress: [{ports: [{port: "80"}]}]}                                    | spec.ingress[0].ports[0].port
            {ingress: [{ports: [{port: 80.5}]}]}                                    | spec.ingress[0].ports[0].port
            {ingress: [{ports: [{endPort: 80}]}]}                                   | spec.ingress[0].ports[0].endPort
            {egress: [{to: [{namespaceSelector: {matchLabels: {a.b./c: d}}}]}]}     | spec.egress[0].to[0].namespaceSelector.matchLabels.a.b./c
            {podSelector: {matchLabels: {a: b c}}}                                  | spec.podSelector.matchLabels.a
            {podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}} | spec.podSelector.matchExpressions[0].values
            {podSelector: {matchExpressions: [{key: a, operator: NotIn}]}}          | spec.podSelector.matchExpressions[0].values
            {policyTypes: [Ingress, Egress, Egress]}                                | spec.policyTypes
            {policyTypes: ingress}                                                  | spec.policyTypes
            {PodSelector: {}}                                                       | spec.PodSelector
            """)
    void networkPolicyIsRefusedAtTheField(String spec, String field) {
        assertThat(fields(NETWORK + "metadata: {name: a}\nspec: " + spec)).containsExactly(field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            null
            {podSelector: null, ingress: [null], egress: [{to: null, ports: [null, {}]}]}
            {podSelector: {matchLabels: {a: null}, matchExpressions: null}}
            {ingress: [{from: [{ipBlock: {cidr: "FD00::/8"}}, {ipBlock: {cidr: "::10.0.0.0/104"}}]}]}
            {ingress: [{ports: [{port: 1a, protocol: null}, {port: 80, endPort: 80}]}]}
            {policyTypes: [Ingress, Ingress]}
            """)
    void networkPolicyIsAccepted(String spec) {
        assertThat(fields(NETWORK + "metadata: {name: a}\nspec: " + spec)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {name: a, annotations: {a b: c}}                                        | metadata.annotations.a b
            {name: a, labels: {a: -b}}                                              | metadata.labels.a
            {name: a, finalizers: [a]}                                              | metadata.finalizers[0]
            {name: a, finalizers: [orphan, foregroundDeletion]}                     | metadata.finalizers
            {name: a, ownerReferences: [{apiVersion: v1, kind: Pod, name: x}]}      | metadata.ownerReferences[0].uid
            {name: a, ownerReferences: [{apiVersion: v1, kind: Event, name: x, uid: y1}]} | metadata.ownerReferences[0]
            {name: a, ownerReferences: [{apiVersion: a/, kind: X, name: x, uid: y1}]} | metadata.ownerReferences[0].apiVersion
            {name: a, creationTimestamp: yesterday}                                 | metadata.creationTimestamp
            {name: a, generation: "1"}                                              | metadata.generation
            {name: a, uid: 1}                                                       | metadata.uid
            {name: a, clusterName: b}                                               | metadata.clusterName
            {name: a, namespace: B}                                                 | metadata.namespace
            {name: a, managedFields: [{time: 1}]}                                   | metadata.managedFields[0].time
            {name: a..b}                                                            | metadata.name
            {generateName: -a}                                                      | metadata.generateName
            {}                                                                      | metadata.name
            """)
    void metadataIsRefusedAtTheField(String metadata, String field) {
        assertThat(fields(NETWORK + "metadata: " + metadata)).containsExactly(field);
    }

    @Test
    void annotationsHaveALimitedSize() {
        String most = "x".repeat((256 << 10) - 1);
        assertThat(fields(NETWORK + "metadata: {name: a, annotations: {a: " + most + "}}"))
                .isEmpty();
        assertThat(fields(NETWORK + "metadata: {name: a, annotations: {a: " + most + "x}}"))
                .containsExactly("metadata.annotations");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {name: a, namespace: shop, generation: -1, resourceVersion: x, finalizers: [a]}
            {generateName: a-, annotations: {A/b: null}, ownerReferences: null}
            {name: a, creationTimestamp: "2026-01-01T00:00:00.5+01:00", managedFields: [{}]}
            """)
    void metadataOfAClusterKindIsAccepted(String metadata) {
        assertThat(fields(CLUSTER.replace("{name: a}", metadata)
                        + "spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {subject: {namespaces: {}}}                                             | spec.priority
            {priority: 1001, subject: {namespaces: {}}}                             | spec.priority
            {priority: 1, subject: {namespaces: {}, pods: {namespaceSelector: {}, podSelector: {}}}} | spec.subject
            {priority: 1, subject: {pods: {podSelector: {}}}}                       | spec.subject.pods.namespaceSelector
            {priority: 1, subject: {pods: {namespaceSelector: {}}}}                 | spec.subject.pods.podSelector
            {priority: 1, subject: {namespaces: {matchLabels: {a: 1}}}}             | spec.subject.namespaces.matchLabels.a
            {priority: 1, subject: {namespaces: {}}, ingress: [null]}               | spec.ingress[0]
            {priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: []}]} | spec.ingress[0].from
            {priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: null}]}]} | spec.ingress[0].from[0]
            {priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}], ports: []}]} | spec.ingress[0].ports
            {priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {}}]}]} | spec.ingress[0].ports[0].portNumber.port
            {priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: [10.0.0.0/8, 10.0.0.0/8]}]}]} | spec.egress[0].to[0].networks[1]
            {priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: ["::ffff:10.0.0.0/104"]}]}]} | spec.egress[0].to[0].networks[0]
            {priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{domainNames: [com]}]}]} | spec.egress[0].to[0].domainNames[0]
            {priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{namespaces: {}}, {nodes: {}}], ports: [{namedPort: x}]}]} | spec.egress[0].ports[0].namedPort
            """)
    void adminPolicyIsRefusedAtTheField(String spec, String field) {
        assertThat(fields(V1ALPHA1 + "AdminNetworkPolicy\nmetadata: {name: a}\nspec: " + spec))
                .containsExactly(field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {namespaces: {matchLabels: {a b: c d}}}                       | [{portRange: {start: 9, end: 1}}]
            {namespaces: {matchExpressions: [{key: "", operator: x}]}}    | [{portNumber: {protocol: ICMP, port: 80}}]
            {namespaces: {matchLabels: {a: null}}}                        | [{namedPort: "X y"}]
            {pods: {namespaceSelector: {}, podSelector: {}}}              | null
            """)
    void adminPolicyIsAccepted(String peer, String ports) {
        assertThat(fields(
                        V1ALPHA1 + "AdminNetworkPolicy\nmetadata: {name: a}\nstatus: {}\nspec: {priority: 1, subject: "
                                + peer + ", ingress: [{action: Deny, from: [" + peer + "], ports: " + ports + "}]}"))
                .isEmpty();
    }

    @Test
    void baselineHasOneNameAndNoDomains() {
        String spec = "spec: {subject: {namespaces: {}}, egress: [{action: Allow, to: [{%s}]}]}";
        assertThat(fields(V1ALPHA1 + "BaselineAdminNetworkPolicy\nmetadata: {name: default}\n"
                        + spec.formatted("networks: [10.0.0.1/8]")))
                .isEmpty();
        assertThat(fields(V1ALPHA1 + "BaselineAdminNetworkPolicy\nmetadata: {generateName: default}\n"
                        + spec.formatted("domainNames: [a.b]")))
                .containsExactly("spec.egress[0].to[0].domainNames", "metadata.name");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {pods: {podSelector: {}}}  | [{tcp: {destinationPort: {number: 80}}}]                          | ``
            {pods: {}}                 | null                                                              | spec.ingress[0].from[0].pods.podSelector
            {namespaces: {}}           | [{udp: {destinationPort: {range: {start: 5, end: 5}}}}]           | spec.ingress[0].protocols[0].udp.destinationPort.range.end
            {namespaces: {}}           | [{sctp: {}}]                                                      | spec.ingress[0].protocols[0].sctp
            {namespaces: {}}           | [{tcp: {destinationPort: {}}}]                                    | spec.ingress[0].protocols[0].tcp.destinationPort
            {networks: [10.0.0.0/8]}   | null                                                              | spec.ingress[0].from[0].networks
            """)
    void clusterPolicyIsRefusedAtTheField(String peer, String protocols, String field) {
        List<String> expected = field.isEmpty() ? List.of() : List.of(field);
        assertThat(fields(CLUSTER
                        + "spec: {tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Pass, from: ["
                        + peer + "], protocols: " + protocols + "}]}"))
                .isEqualTo(expected);
    }

    @Test
    void statusIsAFieldOfDefinitionsAlone() {
        assertThat(fields(NETWORK + "metadata: {name: a}\nstatus: {}")).containsExactly("status");
        assertThat(fields(CLUSTER + "status: {conditions: [{x: y}], z: 1}\n"
                        + "spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}"))
                .containsExactlyInAnyOrder("status.z", "status.conditions[0].x");
    }

    @Test
    void otherGroupsAreNotLookedAt() {
        assertThat(fields("apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: A}\nspec: 1"))
                .isEmpty();
    }

    private static List<String> fields(String yaml) {
        ManifestFile file = YamlClusters.file(yaml);
        assertThat(file.problems()).isEmpty();
        return Admission.problems(file.manifests().get(0)).stream()
                .map(problem -> String.valueOf(problem.field()))
                .toList();
    }
}
