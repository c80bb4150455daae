package dev.weir.standalone.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Alert;
import dev.weir.model.Flow;
import dev.weir.model.codec.Json;
import dev.weir.standalone.ConfidenceRange;
import dev.weir.standalone.Namespaces;
import dev.weir.standalone.RequiredPrograms;
import dev.weir.standalone.WeirProcess;
import dev.weir.standalone.reference.RitaRules;
import dev.weir.standalone.reference.SlipsRules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records the lab and scores what {@code weir analyze} finds in it. The system property {@code weir.lab.folder} is
 * where the sets go, {@code weir.lab.seconds} the time of ordinary traffic, and {@code weir.lab.attacks} a pattern of
 * the names of attacks; {@code .*} for all. A half without such an attack is left out.
 */
@Tag("long")
class LabTest {
    /** Four attacks that take some seconds. */
    private static final String FEW =
            "scan-nmap-fast|bruteforce-hydra-postgres|scan-nping-outside|bruteforce-redis-auth";

    @TempDir
    Path folder;

    /** The alerts that {@code weir analyze} finds in a set. */
    private List<Alert> analyzed(Path sets, String half) throws Exception {
        Path flows = sets.resolve(half + ".flows.ndjson.gz");
        Path manifests = sets.resolve(half + ".manifests");
        try (WeirProcess analyze = WeirProcess.start(
                folder, "analyze", "-o", "json", "--manifests", manifests.toString(), flows.toString())) {
            assertThat(analyze.exitCode()).as(analyze::errors).isZero();
            List<Alert> alerts = new ArrayList<>();
            for (String line : analyze.output().lines().toList()) {
                alerts.add(Json.read(line.getBytes(StandardCharsets.UTF_8), Alert.class));
            }
            return alerts;
        }
    }

    @Test
    void labIsRecordedAndScored() throws Exception {
        String pattern = System.getProperty("weir.lab.attacks", FEW);
        List<LabAttack> chosen = Stream.of(
                        new LabAttacks(),
                        new FormerJudgingAttacks(),
                        new SecondJudgingAttacks(),
                        new ThirdJudgingAttacks(),
                        new FourthJudgingAttacks(),
                        new JudgingAttacks())
                .flatMap(catalogue -> catalogue.attacks().stream())
                .filter(attack -> attack.name().matches(pattern))
                .toList();
        List<String> programs = new ArrayList<>(LabServers.PROGRAMS);
        programs.addAll(OrdinaryTraffic.PROGRAMS);
        chosen.forEach(attack -> programs.add(attack.tool()));
        RequiredPrograms.require(programs.toArray(String[]::new));
        RequiredPrograms.abortWithout(Namespaces.problem());
        Path sets = Files.createDirectories(Path.of(System.getProperty("weir.lab.folder", "target/lab")));
        Duration time = Duration.ofSeconds(Integer.getInteger("weir.lab.seconds", 30));
        for (boolean isJudge : List.of(false, true)) {
            String half = isJudge ? "judge" : "tune";
            List<LabAttack> attacks = chosen.stream()
                    .filter(attack -> attack.isJudge() == isJudge)
                    .toList();
            if (attacks.isEmpty()) {
                continue;
            }
            List<LabSet.Recorded> recorded = LabRecorder.attacks(folder.resolve(half + "-attacks"), attacks);
            recorded.forEach(each -> System.out.println(
                    each.attack().name() + ": " + each.flows().size() + " flows"));
            List<Flow> ordinary = LabRecorder.ordinary(folder.resolve(half + "-ordinary"), time, isJudge ? 2 : 1);
            System.out.println("ordinary: " + ordinary.size() + " flows");
            LabSet set = LabSet.of(ordinary, recorded, isJudge ? 2 : 1);
            set.write(sets, half);
            assertThat(recorded.stream().filter(each -> each.flows().isEmpty()).map(each -> each.attack()
                            .name()))
                    .as("attacks without flows")
                    .isEmpty();
            List<Alert> found = analyzed(sets, half);
            LabScore score = new LabScore(set, found);
            System.out.println(half + ", " + OrdinaryTraffic.STRETCH * time.toMinutes()
                    + " minutes of ordinary traffic:\n" + score.table());
            LabSet ofConnections = set.ofConnections();
            ofConnections.write(sets, half + "-connections");
            System.out.println("without requests, questions and names:\n"
                    + new LabScore(ofConnections, analyzed(sets, half + "-connections")).table());
            for (ConfidenceRange range : ConfidenceRange.values()) {
                LabScore ofRange = new LabScore(set, range.of(found));
                System.out.println(range.row(ofRange.right(), ofRange.wrong().size()));
            }
            List<Flow> flows = set.flows().stream().map(LabSet.Labelled::flow).toList();
            Map<String, List<Alert>> references = Map.of(
                    "RITA from low severity", RitaRules.low().alerts(flows),
                    "RITA from medium severity", RitaRules.medium().alerts(flows),
                    "Slips", SlipsRules.alerts(flows));
            references.forEach((rules, alerts) ->
                    System.out.print("rules of " + rules + ": " + new LabScore(set, alerts).summary()));
            if (pattern.equals(FEW)) {
                assertThat(score.missed()).isEmpty();
                assertThat(score.wrong()).isEmpty();
            }
        }
    }
}
