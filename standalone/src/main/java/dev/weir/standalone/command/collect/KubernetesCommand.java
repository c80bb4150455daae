package dev.weir.standalone.command.collect;

import dev.weir.common.config.ConfigException;
import dev.weir.ingest.collector.kubernetes.KubernetesCollector;
import dev.weir.ingest.collector.kubernetes.KubernetesConfig;
import dev.weir.model.codec.ContextCodec;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints context changes of a cluster's API server; it prints no flows. */
@Command(name = KubernetesCollector.KIND, mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class KubernetesCommand implements Callable<Integer> {
    private static final Duration HISTORY = Duration.ofHours(24);

    @Spec
    private CommandSpec spec;

    @Mixin
    private Printing printing;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Kubeconfig file of the cluster. Default: where kubectl looks")
    private @Nullable String kubeconfig;

    @Option(names = "--cluster", paramLabel = "NAME", description = "Name of the cluster, as ingest.cluster gives it")
    private @Nullable String cluster;

    @Override
    public Integer call() throws InterruptedException {
        if (kubeconfig != null && !Files.isReadable(Path.of(kubeconfig))) {
            throw new ConfigException("--kubeconfig: " + kubeconfig + ": there is no such file, or it may not be read");
        }
        PrintWriter out = spec.commandLine().getOut();
        KubernetesCollector collector = new KubernetesCollector(
                new KubernetesConfig(true, kubeconfig, false, null, null, null, null),
                cluster,
                HISTORY,
                Map::of,
                changes -> changes.forEach(
                        change -> out.println(new String(ContextCodec.encode(change), StandardCharsets.UTF_8))),
                InstantSource.system(),
                printing.metrics());
        collector.requireAnswer();
        return printing.run(
                collector, () -> spec.commandLine().getErr().println("weir: watching the cluster; Ctrl-C stops"));
    }
}
