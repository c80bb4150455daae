package dev.weir.standalone.command;

import dev.weir.common.config.KafkaConfig;
import dev.weir.model.Topics;
import dev.weir.standalone.broker.TopicSetup;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Creates the topics on an existing Kafka cluster. */
@Command(
        name = "topics",
        description = "Create the missing topics on a Kafka cluster.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TopicsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigFile config;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description =
                    "Bootstrap servers of the Kafka cluster; overrides the configuration. Default: localhost:9092")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Partitions of the topics that flows and alerts go through. Default: ${DEFAULT-VALUE}",
            defaultValue = "4")
    private int partitions;

    @Option(
            names = "--replication",
            paramLabel = "N",
            description = "Copies of each partition; -1 for the cluster's default. Default: ${DEFAULT-VALUE}",
            defaultValue = "-1")
    private short replication;

    @Override
    public Integer call() throws InterruptedException {
        KafkaConfig kafka = config.load(ProcessConfig.OfTopics.class).kafka();
        TopicSetup.ensure(bootstrapServers == null ? kafka : kafka.at(bootstrapServers), partitions, replication);
        for (Topics topic : Topics.all()) {
            spec.commandLine().getOut().println(topic.topic());
        }
        return 0;
    }
}
