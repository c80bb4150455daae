package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import java.util.HashMap;
import java.util.Map;

/** The ports of remote services (ATT&amp;CK T1021), and of the APIs by which containers and clusters are run. */
public final class RemoteServicePorts {
    /** The names of the services by port; several ports may have the same. */
    public static final Map<Integer, String> NAMES = usual();

    private RemoteServicePorts() {}

    /** True if the activity is with a remote service. */
    public static boolean isRemoteService(Activity activity) {
        Integer port = activity.port();
        return port != null && activity.protocol().equals("TCP") && NAMES.containsKey(port);
    }

    private static Map<Integer, String> usual() {
        Map<Integer, String> names = new HashMap<>(Map.of(
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
        names.put(5986, "WinRM");
        names.put(10250, "kubelet");
        names.put(2379, "etcd");
        names.put(2380, "etcd");
        return Map.copyOf(names);
    }
}
