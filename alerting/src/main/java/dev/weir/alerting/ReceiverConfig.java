package dev.weir.alerting;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.alerting.route.RoutesConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A receiver and the settings of its kind.
 *
 * @param name the name in routes
 * @param settings by kind, in the order of the file
 */
@JsonDeserialize(using = ReceiverDeserializer.class)
record ReceiverConfig(@Nullable String name, Map<NotifierType<?>, Record> settings) {

    /**
     * The file of {@code alerting.routes}.
     *
     * @param receivers receivers beside those of the configuration
     * @param templates texts that routes may use
     * @param route absent to notify every receiver of every alert
     */
    record Document(
            List<ReceiverConfig> receivers,
            RoutesConfig.@Nullable Node route,
            List<RoutesConfig.Named> timeIntervals,
            List<RoutesConfig.Texts> templates) {
        Document(
                @Nullable List<ReceiverConfig> receivers,
                RoutesConfig.@Nullable Node route,
                @Nullable List<RoutesConfig.Named> timeIntervals,
                @Nullable List<RoutesConfig.Texts> templates) {
            this.receivers = receivers == null ? List.of() : List.copyOf(receivers);
            this.route = route;
            this.templates = templates == null ? List.of() : List.copyOf(templates);
            this.timeIntervals = timeIntervals == null ? List.of() : List.copyOf(timeIntervals);
        }
    }
}
