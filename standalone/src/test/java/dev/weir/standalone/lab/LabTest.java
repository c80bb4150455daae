package dev.weir.standalone.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Flow;
import dev.weir.standalone.Namespaces;
import dev.weir.standalone.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records the lab. The system property {@code weir.lab.folder} is where the sets go, {@code weir.lab.seconds} the time of
 * ordinary traffic, and {@code weir.lab.attacks} a pattern of the names of attacks; {@code .*} for all.
 */
@Tag("long")
class LabTest {
    /** Two attacks of each half, which take some seconds. */
    private static final String FEW = "scan-nmap-fast|bruteforce-hydra-postgres|scan-bash-horizontal|bruteforce-psql";

    @TempDir
    Path folder;

    @Test
    void labIsRecordedWithLabels() throws Exception {
        String pattern = System.getProperty("weir.lab.attacks", FEW);
        List<LabAttack> chosen = LabAttacks.all().stream()
                .filter(attack -> attack.name().matches(pattern))
                .toList();
        List<String> programs = new ArrayList<>(LabServers.PROGRAMS);
        programs.addAll(OrdinaryTraffic.PROGRAMS);
        chosen.forEach(attack -> programs.add(attack.tool()));
        Programs.require(programs.toArray(String[]::new));
        Programs.abortWithout(Namespaces.problem());
        Path sets = Files.createDirectories(Path.of(System.getProperty("weir.lab.folder", "target/lab")));
        Duration time = Duration.ofSeconds(Integer.getInteger("weir.lab.seconds", 30));
        for (boolean isJudge : List.of(false, true)) {
            String half = isJudge ? "judge" : "tune";
            List<LabAttack> attacks = chosen.stream()
                    .filter(attack -> attack.isJudge() == isJudge)
                    .toList();
            List<LabSet.Recorded> recorded = LabRecorder.attacks(folder.resolve(half + "-attacks"), attacks);
            recorded.forEach(each -> System.out.println(
                    each.attack().name() + ": " + each.flows().size() + " flows"));
            List<Flow> ordinary = LabRecorder.ordinary(folder.resolve(half + "-ordinary"), time, isJudge ? 2 : 1);
            System.out.println("ordinary: " + ordinary.size() + " flows");
            LabSet.of(ordinary, recorded, isJudge ? 2 : 1).write(sets, half);
            assertThat(recorded.stream().filter(each -> each.flows().isEmpty()).map(each -> each.attack()
                            .name()))
                    .as("attacks without flows")
                    .isEmpty();
        }
    }
}
