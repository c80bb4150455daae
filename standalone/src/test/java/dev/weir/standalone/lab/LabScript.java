package dev.weir.standalone.lab;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs shell scripts at hosts. They find every host's address in a variable of its name, and the folder in FOLDER. */
final class LabScript {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private LabScript() {}

    /** Runs a script to its end; its exit code does not count, since many attacks are to fail. */
    static void run(LabNetwork lab, LabHost host, Path folder, String script) throws Exception {
        lab.in(host.host(), "bash", "-c", variables(folder) + script + "\ntrue");
    }

    /** Starts a script that ends with the lab at the latest. */
    static Process begin(LabNetwork lab, LabHost host, Path folder, String script) throws Exception {
        // The output goes to a file of its own, since several scripts run at a host.
        Path log = folder.resolve(host.host() + "-" + NUMBER.incrementAndGet() + ".log");
        return lab.begin(host.host(), "bash", "-c", "exec >" + log + " 2>&1\n" + variables(folder) + script);
    }

    private static String variables(Path folder) {
        StringBuilder variables = new StringBuilder("FOLDER=" + folder + "\n");
        for (LabHost host : LabHost.values()) {
            variables
                    .append("export ")
                    .append(host.name())
                    .append('=')
                    .append(host.address())
                    .append('\n');
        }
        variables.append("export PGPASSWORD=").append(LabServers.PASSWORD).append('\n');
        variables.append("SSH=\"-i $FOLDER/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -q\"\n");
        return variables.toString();
    }
}
