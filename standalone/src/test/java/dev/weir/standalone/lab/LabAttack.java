package dev.weir.standalone.lab;

import java.util.List;

/**
 * An attack by one tool in one configuration.
 *
 * @param name begins with the kind that scoring knows: scan, http-recon, bruteforce, c2, dns-tunnel, exfil, ddos,
 *     mining, lateral
 * @param isJudge true for the half that judges, false for the half that detectors are tuned on
 * @param attacker the host that runs the script
 * @param stretch the number of seconds of event time for each second of the lab
 * @param listeners what runs at other hosts meanwhile
 * @param script the attack, bounded by itself; ended after a minute
 */
record LabAttack(
        String name,
        String tool,
        boolean isJudge,
        LabHost attacker,
        int stretch,
        List<Listener> listeners,
        String script) {
    /** A script at another host, started before the attack. */
    record Listener(LabHost host, String script) {}
}
