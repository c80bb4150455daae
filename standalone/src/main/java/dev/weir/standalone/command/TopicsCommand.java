package dev.weir.standalone.command;

import dev.weir.model.Topics;
import dev.weir.model.config.KafkaConfig;
import dev.weir.standalone.broker.TopicSetup;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The topics, on a Kafka cluster of the user's. */
@Command(
        name = "topics",
        description = "Make the topics that are missing on a Kafka cluster.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TopicsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", required = true, description = "Kafka cluster.")
    private String bootstrapServers;

    @Option(
            names = "--partitions",
            description = "Partitions of the topics that flows and alerts go through. Default: ${DEFAULT-VALUE}",
            defaultValue = "4")
    private int partitions;

    @Option(
            names = "--replication",
            description = "Copies of each partition; -1 for the cluster's default. Default: ${DEFAULT-VALUE}",
            defaultValue = "-1")
    private short replication;

    @Override
    public Integer call() throws InterruptedException {
        TopicSetup.ensure(new KafkaConfig(bootstrapServers, Map.of()), partitions, replication);
        for (Topics topic : Topics.all()) {
            spec.commandLine().getOut().println(topic.topic());
        }
        return 0;
    }
}
