package dev.weir.model.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.weir.model.Endpoint;
import dev.weir.model.codec.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnersTest {
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            nullValues = "-",
            value = {
                "ReplicaSet, web-6d4b75cb6d, pod-template-hash=6d4b75cb6d, Deployment, web",
                "ReplicaSet, web-6d4b75cb6d, -, Deployment, web",
                "ReplicaSet, web-zz1, pod-template-hash=zz1, Deployment, web",
                "ReplicaSet, web, app=web, ReplicaSet, web",
                "Job, report-29539320, -, CronJob, report",
                "ReplicationController, web-2, deploymentconfig=web, DeploymentConfig, web",
                "ReplicationController, web-2, -, DeploymentConfig, web",
                "ReplicationController, web-2, app=web, ReplicationController, web-2",
                "ReplicationController, cache, -, ReplicationController, cache",
                "Job, migrate, -, Job, migrate",
                "StatefulSet, db-6d4b75cb6d, -, StatefulSet, db-6d4b75cb6d"
            })
    void ownerReferenceLeadsToTheOutermostOwner(
            String kind, String name, @Nullable String labels, String outerKind, String outerName) {
        assertThat(Owners.of(kind, name, labels(labels))).isEqualTo(new Owners.Owner(outerKind, outerName));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            nullValues = "-",
            value = {
                "web-6d4b75cb6d-, pod-template-hash=6d4b75cb6d, Deployment, web",
                "web-7f9c5d6b8-, -, Deployment, web",
                "report-29539320-, -, CronJob, report",
                "report-29539320-0-, job-name=report-29539320, CronJob, report",
                "migrate-, batch.kubernetes.io/job-name=migrate, Job, migrate",
                "web-3-, deploymentconfig=web, DeploymentConfig, web",
                "web-3-, deploymentconfig=shop, -, web-3",
                "db-, app=db, -, db",
                "import-45678999-, -, CronJob, import",
                "pod-backend-, -, -, pod-backend"
            })
    void generateNameLeadsToTheOwner(String prefix, @Nullable String labels, @Nullable String kind, String name) {
        assertThat(Owners.ofGenerateName(prefix, labels(labels))).isEqualTo(new Owners.Owner(kind, name));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            nullValues = "-",
            value = {
                "web-6d4b75cb6d-x2x9z, -, Deployment, web",
                "web-6d4b75cb6d-x2x9z, pod-template-hash=6d4b75cb6d, Deployment, web",
                "report-29539320-q7bxk, -, CronJob, report",
                "agent-x2x9z, controller-revision-hash=5d8f, DaemonSet, agent",
                "web-3-x2x9z, deploymentconfig=web, DeploymentConfig, web",
                "agent-x2x9z, -, -, agent",
                "db-0, statefulset.kubernetes.io/pod-name=db-0, StatefulSet, db",
                "db-0, -, -, -",
                "kube-apiserver-node1, -, -, -",
                "web-blue, -, -, -"
            })
    void podNameAndLabelsLeadToTheWorkload(
            String pod, @Nullable String labels, @Nullable String kind, @Nullable String workload) {
        Endpoint end = Endpoint.builder()
                .ip("10.0.0.1")
                .namespace("shop")
                .pod(pod)
                .labels(labels(labels))
                .build();
        Endpoint resolved = new ContextHistory(Duration.ofHours(1)).resolve(end, 1);
        assertThat(resolved.workload()).isEqualTo(workload);
        assertThat(resolved.workloadKind()).isEqualTo(kind);
        assertThat(resolved.pod()).isEqualTo(pod);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "web-6d4b75cb6d, ReplicaSet, Deployment, web",
        "report-29539320, Job, CronJob, report",
        "web, Deployment, Deployment, web"
    })
    void workloadInARecordIsReplacedByItsOwner(String recorded, String recordedKind, String kind, String workload) {
        Endpoint end = Endpoint.builder()
                .ip("10.0.0.1")
                .namespace("shop")
                .pod("p-1")
                .workload(recorded)
                .workloadKind(recordedKind)
                .build();
        Endpoint resolved = new ContextHistory(Duration.ofHours(1)).resolve(end, 1);
        assertThat(resolved.workload()).isEqualTo(workload);
        assertThat(resolved.workloadKind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"'', runner-a1, Pod", "runner-, runner, Pod", "report-29539320-, report, CronJob"})
    void clusterPodIsNamedByItsGenerateName(String generated, String workload, String kind)
            throws JsonProcessingException {
        ClusterObject object = ClusterObjects.parse(
                "Pod",
                Json.MAPPER.readTree("{\"metadata\":{\"name\":\"runner-a1\",\"generateName\":\"" + generated + "\"}}"));
        assertThat(object).isInstanceOfSatisfying(ClusterObject.Pod.class, pod -> {
            assertThat(pod.workload()).isEqualTo(workload);
            assertThat(pod.workloadKind()).isEqualTo(kind);
        });
    }

    private static @Nullable Map<String, String> labels(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(text.substring(0, text.indexOf('=')), text.substring(text.indexOf('=') + 1));
        return labels;
    }
}
