package dev.weir.policy;

import dev.weir.common.manifest.ManifestFile;
import dev.weir.policy.cluster.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Clusters from YAML in tests. */
public final class YamlClusters {
    /** Three workloads of a shop without any policy. */
    public static final String SHOP = """
            {kind: Namespace, metadata: {name: shop, labels: {team: sales}}}
            ---
            {kind: Pod, metadata: {name: web-1, namespace: shop, labels: {app: web, pod-template-hash: x}, ownerReferences: [{kind: ReplicaSet, name: web-x}]},
             spec: {containers: [{ports: [{containerPort: 8080, name: http}]}]}, status: {podIP: 10.0.0.1}}
            ---
            {kind: Pod, metadata: {name: api-1, namespace: shop, labels: {app: api}},
             spec: {containers: [{ports: [{containerPort: 9000}]}]}, status: {podIP: 10.0.0.2, podIPs: [{ip: 10.0.0.2}, {ip: "fd00::2"}]}}
            ---
            {kind: StatefulSet, metadata: {name: db, namespace: shop},
             spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{ports: [{containerPort: 5432, name: sql}]}]}}}}
            ---
            """;

    /** A NetworkPolicy that lets the API reach the database. */
    public static final String DB = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: db, namespace: shop}
            spec:
              podSelector: {matchLabels: {app: db}}
              ingress:
              - from:
                - podSelector: {matchLabels: {app: api}}
                ports:
                - port: 5432
            ---
            """;

    /** Closes the shop in both directions. */
    public static final String DEFAULT_DENY = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: default-deny, namespace: shop}
            spec:
              podSelector: {}
              policyTypes: [Ingress, Egress]
            ---
            """;

    private YamlClusters() {}

    public static ManifestFile file(String... yaml) {
        try {
            Path file = Files.createTempFile("weir", ".yaml");
            try {
                Files.writeString(file, String.join("", yaml));
                return ManifestFile.read(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Cluster of(String... yaml) {
        return Cluster.of(file(yaml).manifests());
    }
}
