package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import java.util.HashMap;
import java.util.Map;

/** The ports of services by which machines are run. */
public final class RemoteServicePorts {
    /** The names of the services by port; several ports may have the same. */
    public static final Map<Integer, String> NAMES = usual();

    private RemoteServicePorts() {}

    /** True if the activity is with such a service. */
    public static boolean isRemoteService(Activity activity) {
        Integer port = activity.port();
        return port != null && activity.protocol().equals("TCP") && NAMES.containsKey(port);
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
        ways.put(2379, "etcd");
        ways.put(2380, "etcd");
        return Map.copyOf(ways);
    }
}
