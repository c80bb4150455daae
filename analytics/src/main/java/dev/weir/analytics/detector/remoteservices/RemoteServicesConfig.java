package dev.weir.analytics.detector.remoteservices;

import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code remote-services}.
 *
 * @param ways remote services of one machine, used by one source within the window, that make a finding
 * @param window how long a use is remembered
 * @param services the name of the service by port; several ports may have the same
 */
public record RemoteServicesConfig(Integer ways, Duration window, Map<Integer, String> services)
        implements Serializable {
    /** The names of the services by which machines are run, by port. */
    public static final Map<Integer, String> SERVICES = usual();

    private static final long serialVersionUID = 1L;

    public RemoteServicesConfig(
            @Nullable Integer ways, @Nullable Duration window, @Nullable Map<Integer, String> services) {
        this.ways = ways == null ? 3 : ways;
        this.window = window == null ? Duration.ofHours(1) : window;
        this.services = services == null ? SERVICES : Map.copyOf(services);
    }

    private static Map<Integer, String> usual() {
        Map<Integer, String> ways = new HashMap<>(Map.of(
                22, "SSH",
                23, "telnet",
                135, "RPC",
                139, "SMB",
                445, "SMB",
                2375, "Docker",
                2376, "Docker",
                3389, "RDP",
                5900, "VNC",
                5985, "WinRM"));
        ways.put(5986, "WinRM");
        ways.put(10250, "kubelet");
        return Map.copyOf(ways);
    }
}
