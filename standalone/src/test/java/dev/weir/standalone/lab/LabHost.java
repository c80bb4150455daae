package dev.weir.standalone.lab;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of the lab. Those with a workload are pods of a cluster whose range is 10.60.0.0/16, the others are peers
 * outside, with addresses that are reserved for documentation.
 */
enum LabHost {
    NODE("10.60.0.2", null),
    KAPI("10.60.0.3", "kube-system/kube-api"),
    DNS("10.60.0.10", "kube-system/dns"),
    WEB("10.60.1.11", "shop/web"),
    WEBB("10.60.1.12", "shop/web-b"),
    API("10.60.2.11", "shop/api"),
    ORDERS("10.60.2.12", "shop/orders"),
    DB("10.60.3.11", "data/postgres"),
    CACHE("10.60.3.12", "data/redis"),
    BROKER("10.60.3.13", "data/mosquitto"),
    PROM("10.60.4.11", "monitoring/prometheus"),
    OPS("10.60.5.11", "ops/toolbox"),
    BASTION("10.60.5.12", "ops/bastion"),
    BACKUP("10.60.5.13", "ops/backup"),
    JOB("10.60.6.11", "batch/report"),
    CI("10.60.6.12", "batch/ci"),
    SENSOR("10.60.6.13", "iot/sensor"),
    /** A pod that nothing is known of before its attack. */
    NEW("10.60.9.66", "batch/new"),
    /** Drops all that comes to 10.60.8.0/24, as addresses without a pod behind a policy do. */
    VOID("10.60.8.1", null),
    /** Refuses all that comes to 10.60.7.0/24. */
    REFUSE("10.60.7.1", null),
    USERA("203.0.113.11", null),
    USERB("203.0.113.12", null),
    USERC("203.0.113.13", null),
    PAY("198.51.100.20", null),
    MIRROR("198.51.100.30", null),
    EVILA("192.0.2.66", null),
    EVILB("192.0.2.67", null),
    SCANNER("192.0.2.77", null);

    private final String address;
    private final @Nullable String workload;

    LabHost(String address, @Nullable String workload) {
        this.address = address;
        this.workload = workload;
    }

    /** The name of its network namespace, and of the variable that scripts find its address in. */
    String host() {
        return name().toLowerCase(Locale.ROOT);
    }

    String address() {
        return address;
    }

    /** The workload of the pod with an address; null if no pod has it. */
    static @Nullable String workloadOf(@Nullable String address) {
        return Stream.of(values())
                .filter(host -> host.workload != null && host.address.equals(address))
                .map(host -> host.workload)
                .findFirst()
                .orElse(null);
    }

    static Map<String, String> addresses() {
        return Stream.of(values())
                .collect(Collectors.toMap(LabHost::host, LabHost::address, (a, b) -> a, LinkedHashMap::new));
    }

    /** The pods of the cluster as a list of Kubernetes objects, in YAML. */
    static String manifests() {
        StringBuilder yaml = new StringBuilder();
        Stream.of(values())
                .flatMap(host -> Stream.ofNullable(host.workload).map(workload -> pod(workload, host.address)))
                .forEach(yaml::append);
        return yaml.toString();
    }

    private static String pod(String workload, String address) {
        String[] names = workload.split("/", 2);
        return """
                ---
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %2$s-0
                  namespace: %1$s
                  labels: {app: %2$s}
                  ownerReferences:
                    - {apiVersion: apps/v1, kind: StatefulSet, name: %2$s, uid: %1$s-%2$s, controller: true}
                spec: {nodeName: node-1}
                status: {phase: Running, podIP: %3$s, podIPs: [{ip: %3$s}]}
                """.formatted(names[0], names[1], address);
    }
}
