package dev.weir.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A child process whose CPU time and memory are measured. */
final class Child implements AutoCloseable {
    private static final long START_S = 120;

    private final Process process;

    private Child(Process process) {
        this.process = process;
    }

    static Child start(List<String> command, Path output) throws IOException {
        return new Child(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start());
    }

    /** Starts the process and waits until it has written a line with this beginning. */
    static Child start(List<String> command, Path output, String ready) throws IOException, InterruptedException {
        Child child = start(command, output);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_S);
        while (Files.readString(output).lines().noneMatch(line -> line.startsWith(ready))) {
            if (!child.process.isAlive() || System.nanoTime() > deadline) {
                child.close();
                throw new IllegalStateException("it did not start: " + Files.readString(output));
            }
            Thread.sleep(100);
        }
        return child;
    }

    /**
     * The command of a JVM with this one's class path.
     *
     * @param options of the JVM, separated by blanks
     */
    static List<String> java(String options, String main, String... arguments) {
        String program = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>();
        command.add(program);
        command.addAll(List.of(options.strip().split(" +")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The CPU time of all cores together since the start. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The peak resident memory in MiB. */
    long peakMib() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(each -> each.startsWith("VmHWM:"))
                .findFirst()
                .orElse("VmHWM: 0 kB");
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
