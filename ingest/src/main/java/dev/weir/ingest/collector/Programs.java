package dev.weir.ingest.collector;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Helps collectors run programs and read their output. */
public final class Programs {
    private static final Logger LOG = LoggerFactory.getLogger(Programs.class);
    private static final long STOP_S = 5;

    private Programs() {}

    /** Starts a thread that passes on each line of a program's standard error until the program ends. */
    public static Thread messages(Process process, String thread, Consumer<String> each) {
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader lines = new BufferedReader(
                            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
                        lines.lines().forEach(each);
                    } catch (IOException | java.io.UncheckedIOException e) {
                        LOG.debug("reading a program's messages ended: {}", e.getMessage());
                    }
                },
                thread);
        reader.setDaemon(true);
        reader.start();
        return reader;
    }

    /** Terminates a program, by force if it does not end in time. */
    public static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_S, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
