package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.format.LineFormat;
import dev.weir.ingest.format.LineFormats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/reference/sources.md} to the field tables of the formats. */
class SourcesDocumentationTest {
    private static final Path PAGE = Path.of("../docs/reference/sources.md");

    @Test
    void thePageHoldsTheTableOfEveryFormat() throws IOException {
        String page = Files.readString(PAGE);
        String missing = LineFormats.all().stream()
                .flatMap(format -> Stream.of("### `" + format.id() + "`: " + format.title() + "\n", table(format)))
                .filter(part -> !page.contains(part))
                .collect(Collectors.joining("\n"));
        assertThat(missing).as("parts of the page that are missing").isEmpty();
    }

    /** The table as it must stand on the page. */
    private static String table(LineFormat format) {
        if (format.columns().isEmpty()) {
            return "";
        }
        StringBuilder table = new StringBuilder("| field | goes to | how |\n|---|---|---|\n");
        for (LineFormat.Column column : format.columns()) {
            table.append("| `")
                    .append(column.from())
                    .append("` | `")
                    .append(column.to().replace(", ", "`, `").replace(" or ", "` or `"))
                    .append("` | ")
                    .append(column.note().replace("|", "\\|"))
                    .append(" |\n");
        }
        return table.toString();
    }
}
