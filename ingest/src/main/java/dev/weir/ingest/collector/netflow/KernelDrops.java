package dev.weir.ingest.collector.netflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts datagrams that the kernel dropped because a socket's buffer was full: the last column of
 * {@code /proc/net/udp}.
 */
final class KernelDrops {
    private static final Logger LOG = LoggerFactory.getLogger(KernelDrops.class);
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));
    private static final int LOCAL_ADDRESS = 1;

    private long before;

    /**
     * Returns the increase since the last call, over all sockets bound to that port; 0 if the kernel has no such file.
     */
    long since(int port) {
        long now = 0;
        for (Path table : TABLES) {
            now += drops(table, port);
        }
        long more = Math.max(0, now - before);
        before = now;
        return more;
    }

    private static long drops(Path table, int port) {
        if (!Files.isReadable(table)) {
            return 0;
        }
        String end = String.format(":%04X", port);
        long sum = 0;
        try {
            for (String line : Files.readAllLines(table)) {
                String[] columns = line.strip().split(" +");
                if (columns.length > LOCAL_ADDRESS && columns[LOCAL_ADDRESS].endsWith(end)) {
                    sum += Long.parseLong(columns[columns.length - 1]);
                }
            }
        } catch (IOException | NumberFormatException e) {
            LOG.debug("{} cannot be read: {}", table, e.getMessage());
        }
        return sum;
    }
}
