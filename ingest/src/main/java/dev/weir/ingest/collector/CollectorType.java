package dev.weir.ingest.collector;

import dev.weir.common.config.ConfigSections;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One kind of collector as the registry holds it. Its section in the configuration, the checks before the start and its
 * command under {@code weir collect} follow from here.
 *
 * @param <C> settings, a record that takes null for each component that has a default
 */
public final class CollectorType<C extends Record> {
    private final String kind;
    private final String title;
    private final Class<C> config;
    private final BiFunction<KafkaSetup, C, List<Collector>> factory;
    private final @Nullable BiFunction<CollectorSetup, C, @Nullable Collector> alone;
    private final BiConsumer<CollectorChecks, C> checks;

    private CollectorType(
            String kind,
            String title,
            Class<C> config,
            BiFunction<KafkaSetup, C, List<Collector>> factory,
            @Nullable BiFunction<CollectorSetup, C, @Nullable Collector> alone,
            BiConsumer<CollectorChecks, C> checks) {
        this.kind = kind;
        this.title = title;
        this.config = config;
        this.factory = factory;
        this.alone = alone;
        this.checks = checks;
    }

    /**
     * Declares a collector of flows that come from the network.
     *
     * @param kind the section below {@code ingest}, and the label of metrics
     * @param title the source, in a sentence
     * @param factory returns null if the settings switch the collector off
     * @param checks of the settings that name ports and files
     */
    public static <C extends Record> CollectorType<C> of(
            String kind,
            String title,
            Class<C> config,
            BiFunction<CollectorSetup, C, @Nullable Collector> factory,
            BiConsumer<CollectorChecks, C> checks) {
        return new CollectorType<>(
                kind,
                title,
                config,
                (setup, settings) ->
                        Stream.ofNullable(factory.apply(setup, settings)).toList(),
                factory,
                checks);
    }

    /**
     * Declares collectors that read or write Kafka themselves; the other parameters are those of {@link #of}.
     *
     * @param factory returns a collector for each source that the settings switch on
     */
    public static <C extends Record> CollectorType<C> ofKafka(
            String kind,
            String title,
            Class<C> config,
            BiFunction<KafkaSetup, C, List<Collector>> factory,
            BiConsumer<CollectorChecks, C> checks) {
        return new CollectorType<>(kind, title, config, factory, null, checks);
    }

    public String kind() {
        return kind;
    }

    public String title() {
        return title;
    }

    public Class<C> config() {
        return config;
    }

    /** True if the collector needs no Kafka, so that {@code weir collect} can run it. */
    public boolean runsAlone() {
        return alone != null;
    }

    /** Returns the settings of a configuration that leaves the section out. */
    public C defaults() {
        return ConfigSections.defaultsOf(config);
    }

    /** Returns settings of this type, given as one of many sections. */
    public C of(Record settings) {
        return Objects.requireNonNull(config.cast(settings));
    }

    /** Creates the collectors that the settings switch on. */
    public List<Collector> create(KafkaSetup setup, Record settings) {
        return factory.apply(setup, of(settings));
    }

    /**
     * Creates the collector without Kafka; null if the settings switch it off.
     *
     * @throws IllegalStateException if the collector needs Kafka; see {@link #runsAlone}
     */
    public @Nullable Collector createAlone(CollectorSetup setup, Record settings) {
        if (alone == null) {
            throw new IllegalStateException(kind + " needs Kafka");
        }
        return alone.apply(setup, of(settings));
    }

    /** Checks the ports and files of the settings. */
    public void check(CollectorChecks with, Record settings) {
        checks.accept(with, of(settings));
    }
}
