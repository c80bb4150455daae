package dev.weir.standalone.lab;

import dev.weir.model.Flow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Records ordinary traffic and attacks in the lab. */
final class LabRecorder {
    /** The pause after an attack, in ms, in which its last packets come. */
    private static final long AFTER_MS = 1_500;

    /** The longest time of an attack, in seconds. */
    private static final long MOST_S = 60;

    private LabRecorder() {}

    /**
     * Records ordinary traffic for a time.
     *
     * @param folder a new folder for the capture and the files of servers
     */
    static List<Flow> ordinary(Path folder, Duration time, long seed) throws Exception {
        makeEnterable(folder);
        try (LabNetwork lab = new LabNetwork(LabHost.addresses(), folder)) {
            LabServers.start(lab, folder);
            long from = System.currentTimeMillis();
            OrdinaryTraffic.begin(lab, folder, seed);
            Thread.sleep(time.toMillis());
            long to = System.currentTimeMillis();
            return lab.flows().stream()
                    .filter(flow -> flow.startMs() >= from && flow.startMs() < to)
                    .toList();
        }
    }

    /**
     * Runs attacks one after the other and returns the flows of each.
     *
     * @param folder a new folder for the capture and the files of servers
     */
    static List<LabSet.Recorded> attacks(Path folder, List<LabAttack> attacks) throws Exception {
        record Ran(LabAttack attack, long fromMs, long toMs) {}
        makeEnterable(folder);
        List<Ran> ran = new ArrayList<>();
        List<Flow> flows;
        try (LabNetwork lab = new LabNetwork(LabHost.addresses(), folder)) {
            LabServers.start(lab, folder);
            for (LabAttack attack : attacks) {
                List<Process> listeners = new ArrayList<>();
                for (LabAttack.Listener listener : attack.listeners()) {
                    listeners.add(LabScript.begin(lab, listener.host(), folder, listener.script()));
                }
                Thread.sleep(listeners.isEmpty() ? 0 : AFTER_MS);
                long from = System.currentTimeMillis();
                Process script = LabScript.begin(lab, attack.attacker(), folder, attack.script());
                boolean hasEnded = script.waitFor(MOST_S, TimeUnit.SECONDS);
                long to = System.currentTimeMillis();
                end(script);
                Thread.sleep(AFTER_MS);
                System.out.printf("%s: %d s%s%n", attack.name(), (to - from) / 1_000, hasEnded ? "" : ", ended here");
                ran.add(new Ran(attack, from, to + AFTER_MS));
                listeners.forEach(LabRecorder::end);
            }
            flows = lab.flows();
        }
        return ran.stream()
                .map(each -> new LabSet.Recorded(
                        each.attack(),
                        flows.stream()
                                .filter(flow -> flow.startMs() >= each.fromMs() && flow.startMs() <= each.toMs())
                                .filter(flow -> isOf(each.attack().attacker(), flow))
                                .toList()))
                .toList();
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    /** True for a flow that the attacker opened; others to it, such as scrapes, are no part of the attack. */
    private static boolean isOf(LabHost attacker, Flow flow) {
        return flow.source().ip().equals(attacker.address());
    }

    /** Makes a folder that servers which are not root may enter, in a folder of the test's own. */
    private static void makeEnterable(Path folder) throws Exception {
        Files.createDirectory(folder);
        for (Path each : List.of(folder, folder.getParent())) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }
}
