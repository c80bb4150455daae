package dev.weir.analytics.detector.remoteservices;

import dev.weir.analytics.detector.RemoteServicePorts;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code remote-services}.
 *
 * @param usedServices remote services of one machine, used by one source within the window, that make a finding
 * @param window how long a use is remembered
 * @param services the name of the service by port; several ports may have the same
 */
public record RemoteServicesConfig(Integer usedServices, Duration window, Map<Integer, String> services)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public RemoteServicesConfig(
            @Nullable Integer usedServices, @Nullable Duration window, @Nullable Map<Integer, String> services) {
        this.usedServices = usedServices == null ? 3 : usedServices;
        this.window = window == null ? Duration.ofHours(1) : window;
        this.services = services == null ? RemoteServicePorts.NAMES : Map.copyOf(services);
    }
}
