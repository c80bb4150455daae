package dev.weir.alerting.notify;

import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One kind of notifier as the registry holds it.
 *
 * @param <C> settings: the record that a receiver has under the kind's name
 */
public final class NotifierType<C extends Record> {
    private final String kind;
    private final Class<C> config;
    private final BiFunction<NotifierSetup, C, @Nullable Notifier> factory;

    private NotifierType(String kind, Class<C> config, BiFunction<NotifierSetup, C, @Nullable Notifier> factory) {
        this.kind = kind;
        this.config = config;
        this.factory = factory;
    }

    /**
     * Declares a kind.
     *
     * @param kind the key in a receiver: lower-case letters
     * @param factory returns null if the settings name no destination
     */
    public static <C extends Record> NotifierType<C> of(
            String kind, Class<C> config, BiFunction<NotifierSetup, C, @Nullable Notifier> factory) {
        return new NotifierType<>(kind, config, factory);
    }

    public String kind() {
        return kind;
    }

    public Class<C> config() {
        return config;
    }

    /**
     * Creates a notifier; null if the settings name no destination.
     *
     * @param settings a record of {@link #config}
     * @throws dev.weir.common.config.ConfigException when the settings cannot be used
     */
    public @Nullable Notifier create(NotifierSetup setup, Record settings) {
        return factory.apply(setup, Objects.requireNonNull(config.cast(settings)));
    }
}
