package dev.weir.analytics.detector.bruteforce;

import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code brute-force}.
 *
 * @param attempts failed logins at one service within the window that make a finding
 * @param window how long an attempt is remembered
 * @param timesUsual the least multiple of the edge's own usual rate
 * @param slowAttempts connections of one size to an SSH server within {@code slowWindow} that make a finding; of MySQL
 *     and PostgreSQL {@code attempts} do
 * @param slowWindow how long such a connection is remembered, and how long a server must be known
 * @param services by port, the most bytes that the service sends when a login fails
 */
public record BruteForceConfig(
        Integer attempts,
        Duration window,
        Integer timesUsual,
        Integer slowAttempts,
        Duration slowWindow,
        Map<Integer, Long> services)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public BruteForceConfig(
            @Nullable Integer attempts,
            @Nullable Duration window,
            @Nullable Integer timesUsual,
            @Nullable Integer slowAttempts,
            @Nullable Duration slowWindow,
            @Nullable Map<Integer, Long> services) {
        this.attempts = attempts == null ? 30 : attempts;
        this.window = window == null ? Duration.ofMinutes(2) : window;
        this.timesUsual = timesUsual == null ? 4 : timesUsual;
        this.slowAttempts = slowAttempts == null ? 8 : slowAttempts;
        this.slowWindow = slowWindow == null ? Duration.ofMinutes(30) : slowWindow;
        this.services = services == null ? usual() : Map.copyOf(services);
    }

    /**
     * The default services. SSH's key exchange alone takes two kilobytes; a database refuses a login in one short
     * message, or in a few where it sends a challenge (SCRAM). These are services with passwords, so they are not those
     * of {@code RemoteServicePorts}: the kubelet, Docker and etcd take certificates.
     */
    private static Map<Integer, Long> usual() {
        Map<Integer, Long> bytes = new HashMap<>();
        bytes.put(22, 6_000L);
        bytes.put(2222, 6_000L);
        for (int mail : new int[] {21, 23, 25, 110, 143, 587}) {
            bytes.put(mail, 1_500L);
        }
        for (int directory : new int[] {88, 389, 636}) {
            bytes.put(directory, 2_000L);
        }
        for (int windows : new int[] {445, 3389, 5900, 5985, 5986}) {
            bytes.put(windows, 8_000L);
        }
        for (int database : new int[] {1433, 1521, 6379, 9042, 11211, 27017}) {
            bytes.put(database, 400L);
        }
        for (int withChallenge : new int[] {3306, 5432}) {
            bytes.put(withChallenge, 650L);
        }
        return Map.copyOf(bytes);
    }
}
