package dev.weir.alerting.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.message.Message.Link;
import dev.weir.model.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The content of a notification as people read it. */
class MessageTest {
    private static Link link(String url) {
        return new Link(url, url);
    }

    @Test
    void incidentsAndRunbooksAreLinkedByTurns() {
        Message message = new Message(
                "headline",
                false,
                Severity.LOW,
                null,
                List.of(),
                List.of(),
                0,
                List.of(link("i1"), link("i2"), link("i3")),
                List.of(link("r1"), link("r2")));
        assertThat(message.links()).extracting(Link::url).containsExactly("i1", "r1", "i2", "r2", "i3");
    }
}
