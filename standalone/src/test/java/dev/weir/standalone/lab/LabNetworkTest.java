package dev.weir.standalone.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Flow;
import dev.weir.standalone.Namespaces;
import dev.weir.standalone.RequiredPrograms;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabNetworkTest {
    private static final int CONNECTIONS = 3;

    @TempDir
    Path folder;

    @Test
    void connectionsOfOneWireAreRecorded() throws Exception {
        RequiredPrograms.require("ip", "ss", "ncat", "tcpdump");
        RequiredPrograms.abortWithout(Namespaces.problem());
        List<Flow> flows;
        try (LabNetwork lab = new LabNetwork(Map.of("web", "10.60.0.5", "peer", "203.0.113.9"), folder)) {
            lab.begin("peer", "ncat", "-lk", lab.address("peer"), "443", "-c", "echo hello");
            lab.awaitListening("peer", 443);
            for (int i = 0; i < CONNECTIONS; i++) {
                assertThat(lab.in("web", "ncat", "--recv-only", lab.address("peer"), "443"))
                        .isEqualTo("hello\n");
            }
            flows = lab.flows();
        }
        assertThat(flows).hasSize(CONNECTIONS).allSatisfy(flow -> {
            assertThat(flow.source().ip()).isEqualTo("10.60.0.5");
            assertThat(flow.destination().ip()).isEqualTo("203.0.113.9");
            assertThat(flow.destination().port()).isEqualTo(443);
            assertThat(flow.destination().packets()).isPositive();
        });
    }
}
