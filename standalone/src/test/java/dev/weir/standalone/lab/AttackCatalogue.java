package dev.weir.standalone.lab;

import dev.weir.standalone.lab.LabAttack.Listener;
import java.util.ArrayList;
import java.util.List;

/** A catalogue of attacks of one half, each kind in a method of its own. */
abstract class AttackCatalogue {
    private final boolean isJudge;
    private final List<LabAttack> attacks = new ArrayList<>();

    AttackCatalogue(boolean isJudge) {
        this.isJudge = isJudge;
    }

    final List<LabAttack> attacks() {
        if (attacks.isEmpty()) {
            scans();
            webScans();
            logins();
            tunnels();
            channels();
            transfers();
            floods();
            lateral();
        }
        return List.copyOf(attacks);
    }

    abstract void scans();

    abstract void webScans();

    abstract void logins();

    abstract void tunnels();

    abstract void channels();

    abstract void transfers();

    abstract void floods();

    abstract void lateral();

    final void add(String name, String tool, LabHost attacker, int stretch, String script, Listener... listeners) {
        attacks.add(new LabAttack(name, tool, isJudge, attacker, stretch, List.of(listeners), script));
    }
}
