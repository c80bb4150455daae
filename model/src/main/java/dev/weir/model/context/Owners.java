package dev.weir.model.context;

import dev.weir.model.Endpoint;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the workload that pods belong to for as long as it lives: the Deployment rather than the ReplicaSet of one
 * rollout, the CronJob rather than the Job of one minute, OpenShift's DeploymentConfig rather than the
 * ReplicationController of one rollout. Works on an owner reference, a {@code generateName} and, where a source names
 * pods without their owners, a pod's name, which Kubernetes derives from the owner's.
 */
public final class Owners {
    private static final String TEMPLATE_HASH = "pod-template-hash";
    private static final String REVISION_HASH = "controller-revision-hash";
    private static final String STATEFUL_POD = "statefulset.kubernetes.io/pod-name";

    /** A Job that a CronJob made is called after it and the minute, once the second, for which it was due. */
    private static final Pattern CRON_JOB = Pattern.compile("(.+)-[0-9]{8,10}");
    /**
     * A name with a hash, a number of 32 bits whose digits are written as other characters: {@code SafeEncodeString} of
     * k8s.io/apimachinery. A suffix of digits alone may be part of the name.
     */
    private static final Pattern HASHED = Pattern.compile("(.+)-(?=[4-9]*[bcdf])[4-9bcdf]{7,10}");
    /**
     * A name with the suffix that the API server appends to a {@code generateName}: five characters without vowels and
     * 0, 1, 3.
     */
    private static final Pattern GENERATED = Pattern.compile("(.+)-[bcdfghjklmnpqrstvwxz2456789]{5}");

    /** OpenShift numbers the ReplicationControllers of a DeploymentConfig. */
    private static final String DEPLOYMENT_CONFIG = "deploymentconfig";

    private static final Pattern ORDINAL = Pattern.compile("(.+)-[0-9]{1,9}");

    private Owners() {}

    /**
     * An owner.
     *
     * @param kind null when it is not known
     */
    public record Owner(@Nullable String kind, String name) {}

    /** The outermost owner behind a direct one. */
    public static Owner of(String kind, String name, @Nullable Map<String, String> labels) {
        if (kind.equals("ReplicaSet")) {
            String deployment = deployment(name, labels);
            return deployment == null ? new Owner(kind, name) : new Owner("Deployment", deployment);
        }
        if (kind.equals("ReplicationController")) {
            String config = deploymentConfig(name, labels);
            Matcher numbered = ORDINAL.matcher(name);
            if (config == null && labels == null && numbered.matches()) {
                config = numbered.group(1);
            }
            return config == null ? new Owner(kind, name) : new Owner("DeploymentConfig", config);
        }
        Matcher cron = CRON_JOB.matcher(name);
        return kind.equals("Job") && cron.matches() ? new Owner("CronJob", cron.group(1)) : new Owner(kind, name);
    }

    /**
     * The owner of pods that share a {@code generateName}.
     *
     * @param prefix with or without its last dash
     * @param labels those that all the pods share; null when none are known
     */
    public static Owner ofGenerateName(String prefix, @Nullable Map<String, String> labels) {
        String name = prefix.endsWith("-") ? prefix.substring(0, prefix.length() - 1) : prefix;
        String job = job(name, labels);
        if (job != null) {
            return of("Job", job, labels);
        }
        String config = deploymentConfig(name, labels);
        if (config != null) {
            return new Owner("DeploymentConfig", config);
        }
        String deployment = deployment(name, labels);
        if (deployment != null) {
            return new Owner("Deployment", deployment);
        }
        Matcher cron = CRON_JOB.matcher(name);
        return cron.matches() ? new Owner("CronJob", cron.group(1)) : new Owner(null, name);
    }

    /** The owner according to a pod's name and labels; null when they show none. */
    public static @Nullable Owner ofPod(String pod, @Nullable Map<String, String> labels) {
        Matcher ordinal = ORDINAL.matcher(pod);
        if (labels != null && pod.equals(labels.get(STATEFUL_POD)) && ordinal.matches()) {
            return new Owner("StatefulSet", ordinal.group(1));
        }
        Matcher generated = GENERATED.matcher(pod);
        if (!generated.matches()) {
            return null;
        }
        Owner owner = ofGenerateName(generated.group(1), labels);
        boolean ofDaemon = owner.kind() == null && labels != null && labels.containsKey(REVISION_HASH);
        return ofDaemon ? new Owner("DaemonSet", owner.name()) : owner;
    }

    /** Returns the end with its outermost workload, as far as its own names and labels show one. */
    public static Endpoint named(Endpoint end) {
        String workload = end.workload();
        String kind = end.workloadKind();
        String pod = end.pod();
        Owner owner;
        if (workload == null) {
            owner = pod == null ? null : ofPod(pod, end.labels());
        } else {
            owner = kind == null ? ofGenerateName(workload, end.labels()) : of(kind, workload, end.labels());
        }
        return owner == null || owner.name().equals(workload) ? end : end.owned(owner.name(), owner.kind());
    }

    private static @Nullable String deployment(String replicaSet, @Nullable Map<String, String> labels) {
        String hash = labels == null ? null : labels.get(TEMPLATE_HASH);
        if (hash != null && !hash.isEmpty() && replicaSet.endsWith("-" + hash)) {
            String name = replicaSet.substring(0, replicaSet.length() - hash.length() - 1);
            return name.isEmpty() ? null : name;
        }
        Matcher hashed = HASHED.matcher(replicaSet);
        return hashed.matches() ? hashed.group(1) : null;
    }

    /**
     * The DeploymentConfig of the pods' label, whose name is that of its ReplicationControllers without their number.
     */
    private static @Nullable String deploymentConfig(String controller, @Nullable Map<String, String> labels) {
        String config = labels == null ? null : labels.get(DEPLOYMENT_CONFIG);
        Matcher numbered = ORDINAL.matcher(controller);
        return numbered.matches() && numbered.group(1).equals(config) ? config : null;
    }

    /** The Job of the pods' label; an indexed Job puts a number behind its name. */
    private static @Nullable String job(String prefix, @Nullable Map<String, String> labels) {
        String job =
                labels == null ? null : labels.getOrDefault("batch.kubernetes.io/job-name", labels.get("job-name"));
        boolean isIts = job != null && !job.isEmpty() && (prefix.equals(job) || prefix.startsWith(job + "-"));
        return isIts ? job : null;
    }
}
