package dev.weir.standalone.lab;

import dev.weir.standalone.lab.LabAttack.Listener;

/** Scripts that several attacks share. */
final class AttackScripts {
    /** Takes all that comes to a port. */
    static final String SINK = "exec socat -u tcp-listen:%d,fork,reuseaddr open:/dev/null";

    /** Writes names of files to guess. */
    static final String WORDS = """
            for i in $(seq %d); do echo "$(printf %%x $((i * 7919)))"; done > $FOLDER/words-$$
            printf 'admin\\nlogin\\nbackup\\n.git\\nconfig\\n' >> $FOLDER/words-$$
            """;

    private AttackScripts() {}

    /** A script that polls a URL with even pauses, or with pauses that vary by a share. */
    static String beacon(String url, int times, int pauseMs, int jitterPercent) {
        return repeated(times, "curl -sk -m 2 -o /dev/null " + url, pauseMs, jitterPercent);
    }

    /** A script that tries to connect where nothing answers. */
    static String attempts(String address, int port, int times, int pauseMs, int jitterPercent) {
        return repeated(times, "timeout 0.4 ncat -z " + address + " " + port, pauseMs, jitterPercent);
    }

    /** A command some times, with a pause after each. */
    static String repeated(int times, String command, int pauseMs, int jitterPercent) {
        int range = pauseMs * jitterPercent / 100 * 2 + 1;
        return "for i in $(seq " + times + "); do " + command + "; ms=$((" + (pauseMs - range / 2) + " + RANDOM % "
                + range + ")); sleep $((ms / 1000)).$(printf %03d $((ms % 1000))); done";
    }

    /** A command that a person types into a shell some times, a second or two after each answer. */
    static String typed(int times, String command) {
        return "(for i in $(seq " + times + "); do sleep 1.$((RANDOM % 9)); echo '" + command + "'; done; echo exit)";
    }

    static Listener tlsEnd(LabHost host, int port) {
        return tlsEnd(host, port, "echo ok");
    }

    /** Answers TLS with what a command makes of it. */
    static Listener tlsEnd(LabHost host, int port, String command) {
        return new Listener(
                host,
                "exec socat -T 60 openssl-listen:%d,fork,reuseaddr,cert=$FOLDER/tls.crt,key=$FOLDER/tls.key,verify=0 system:'%s'"
                        .formatted(port, command));
    }

    static Listener httpEnd(LabHost host, int port) {
        return new Listener(
                host,
                "exec ncat -lk $%s %d -c 'read line; printf \"HTTP/1.0 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nnone\"'"
                        .formatted(host.name(), port));
    }

    /** An SSH server that the lab's key opens. */
    static Listener sshEnd(LabHost host) {
        return new Listener(host, """
                mkdir -p /run/sshd
                exec $(command -v sshd) -D -e -f /dev/null -h $FOLDER/host_key -o UsePAM=no -o StrictModes=no \\
                  -o PermitRootLogin=yes -o PidFile=none -o AuthorizedKeysFile=$FOLDER/key.pub -o Subsystem='sftp internal-sftp'
                """);
    }

    /** A DNS server that gives every name below a domain one address. */
    static Listener dnsEnd(LabHost host, String domain, String address) {
        return new Listener(
                host,
                "exec dnsmasq -k -C /dev/null --pid-file= --no-resolv --no-hosts --user=root --address=/%s/%s"
                        .formatted(domain, address));
    }
}
