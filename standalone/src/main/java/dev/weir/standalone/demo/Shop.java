package dev.weir.standalone.demo;

import java.util.List;
import java.util.Map;

/** The simulated shop: its workloads, the connections that its policies allow, and those that are made. */
final class Shop {
    /** A workload; its pods get addresses in the order of the list. */
    record Workload(String namespace, String name, String kind, int replicas, int port) {
        String key() {
            return namespace + "/" + name;
        }
    }

    /**
     * Traffic from one workload to another.
     *
     * @param perMinute connections a minute, of all pods of the source together
     */
    record Edge(String from, String to, String protocol, int port, double perMinute) {}

    static final List<Workload> WORKLOADS = List.of(
            new Workload("shop", "frontend", "Deployment", 3, 8080),
            new Workload("shop", "cart", "Deployment", 2, 8080),
            new Workload("shop", "catalog", "Deployment", 2, 8080),
            new Workload("shop", "search", "Deployment", 2, 8080),
            new Workload("shop", "recommender", "Deployment", 2, 8080),
            new Workload("shop", "orders", "Deployment", 2, 8080),
            new Workload("shop", "mailer", "Deployment", 1, 8080),
            new Workload("payments", "gateway", "Deployment", 2, 8443),
            new Workload("payments", "fraud", "Deployment", 1, 8443),
            new Workload("payments", "ledger", "Deployment", 1, 8443),
            new Workload("payments", "card-vault", "StatefulSet", 1, 8443),
            new Workload("data", "orders-db", "StatefulSet", 2, 5432),
            new Workload("data", "catalog-db", "StatefulSet", 1, 5432),
            new Workload("data", "ledger-db", "StatefulSet", 1, 5432),
            new Workload("data", "cache", "StatefulSet", 2, 6379),
            new Workload("data", "warehouse", "StatefulSet", 1, 5432),
            new Workload("data", "queue", "StatefulSet", 3, 9092),
            new Workload("platform", "dns", "Deployment", 2, 53),
            new Workload("platform", "metrics", "StatefulSet", 1, 9090),
            new Workload("platform", "backup", "CronJob", 1, 8080));

    static final List<Edge> EDGES = List.of(
            new Edge("shop/frontend", "shop/cart", "TCP", 8080, 30),
            new Edge("shop/frontend", "shop/catalog", "TCP", 8080, 40),
            new Edge("shop/frontend", "shop/search", "TCP", 8080, 20),
            new Edge("shop/frontend", "shop/recommender", "TCP", 8080, 20),
            new Edge("shop/frontend", "shop/orders", "TCP", 8080, 10),
            new Edge("shop/cart", "data/cache", "TCP", 6379, 30),
            new Edge("shop/catalog", "data/catalog-db", "TCP", 5432, 20),
            new Edge("shop/catalog", "data/cache", "TCP", 6379, 20),
            new Edge("shop/search", "shop/catalog", "TCP", 8080, 10),
            new Edge("shop/recommender", "data/cache", "TCP", 6379, 15),
            new Edge("shop/orders", "data/orders-db", "TCP", 5432, 12),
            new Edge("shop/orders", "payments/gateway", "TCP", 8443, 8),
            new Edge("shop/orders", "data/queue", "TCP", 9092, 10),
            new Edge("shop/mailer", "data/queue", "TCP", 9092, 6),
            new Edge("payments/gateway", "payments/fraud", "TCP", 8443, 8),
            new Edge("payments/gateway", "payments/card-vault", "TCP", 8443, 8),
            new Edge("payments/gateway", "payments/ledger", "TCP", 8443, 6),
            new Edge("payments/ledger", "data/ledger-db", "TCP", 5432, 6),
            new Edge("platform/backup", "data/orders-db", "TCP", 5432, 2),
            new Edge("platform/backup", "data/catalog-db", "TCP", 5432, 2));

    /** The DNS server, which every workload asks; the metrics server scrapes every workload. */
    static final String DNS = "platform/dns";

    static final String METRICS = "platform/metrics";

    /** The namespaces whose pods are isolated in both directions unless a rule allows a connection. */
    static final List<String> NAMESPACES = List.of("shop", "payments", "data", "platform");

    /** Namespaces that may reach a port of another namespace as a whole, which is wider than the traffic needs. */
    static final Map<String, String> WIDE = Map.of("shop", "data/warehouse");

    private Shop() {}
}
