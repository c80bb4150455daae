package dev.weir.standalone.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The settings of topics, and the page that lists them. */
class TopicSetupTest {
    private static final int MARK = 7;

    @Test
    void thePageListsTheSettings() throws Exception {
        List<String> rows = new ArrayList<>();
        for (Topics topic : Topics.all()) {
            Map<String, String> settings = TopicSetup.settings(topic, 1);
            int partitions = topic.partitions(MARK);
            assertThat(settings).containsEntry("message.timestamp.type", "LogAppendTime");
            rows.add("| `%s` | %s | %s | %s | %s |"
                    .formatted(
                            topic.topic(),
                            partitions == MARK ? "N" : partitions,
                            settings.get("cleanup.policy"),
                            settings.getOrDefault("retention.ms", "none"),
                            settings.get("max.message.bytes")));
        }
        assertThat(Files.readAllLines(Path.of("../docs/reference/topics.md")))
                .filteredOn(line -> line.startsWith("| `weir."))
                .map(line -> line.substring(0, line.lastIndexOf('|', line.length() - 2) + 1))
                .containsExactlyElementsOf(rows);
    }

    @Test
    void threeCopiesNeedTwoInSync() {
        for (Topics topic : Topics.all()) {
            assertThat(TopicSetup.settings(topic, 3)).containsEntry("min.insync.replicas", "2");
            assertThat(TopicSetup.settings(topic, 2)).doesNotContainKey("min.insync.replicas");
        }
    }
}
