package dev.weir.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that a run makes and deletes. */
class TemporaryFolderTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));

    @TempDir
    Path parent;

    @Test
    void itIsGoneWithAllThatIsInIt() throws Exception {
        try (TemporaryFolder folder = TemporaryFolder.in(parent)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
                    .isEqualTo("rwx------");
            Files.writeString(
                    Files.createDirectories(folder.path().resolve("a/b")).resolve("c"), "d");
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void aFolderInUseStays() throws Exception {
        try (TemporaryFolder folder = TemporaryFolder.in(parent)) {
            TemporaryFolder.removeLeftovers(parent, CLOCK);
            assertThat(folder.path()).exists();
        }
    }

    @Test
    void theFolderOfAKilledRunIsRemoved() throws Exception {
        Path left = leftover(TemporaryFolder.PREFIX + "1");
        TemporaryFolder.removeLeftovers(parent, CLOCK);
        assertThat(left).doesNotExist();
    }

    @Test
    void aNewFolderStaysUntilItIsOld() throws Exception {
        Path made = leftover(TemporaryFolder.PREFIX + "1.new");
        Files.setLastModifiedTime(made, FileTime.from(CLOCK.instant().minusSeconds(59)));
        TemporaryFolder.removeLeftovers(parent, CLOCK);
        assertThat(made).exists();
        Files.setLastModifiedTime(made, FileTime.from(CLOCK.instant().minusSeconds(61)));
        TemporaryFolder.removeLeftovers(parent, CLOCK);
        assertThat(made).doesNotExist();
    }

    @Test
    void runIsKilledWhileRemovingItselfThenTheRestGoes() throws Exception {
        Path left = leftover(TemporaryFolder.PREFIX + UUID.randomUUID());
        Files.delete(left.resolve(TemporaryFolder.LOCK));
        Files.setLastModifiedTime(left, FileTime.from(CLOCK.instant().minusSeconds(59)));
        TemporaryFolder.removeLeftovers(parent, CLOCK);
        assertThat(left).as("its lock may be about to be made").exists();
        Files.setLastModifiedTime(left, FileTime.from(CLOCK.instant().minusSeconds(61)));
        TemporaryFolder.removeLeftovers(parent, CLOCK);
        assertThat(left).doesNotExist();
    }

    @Test
    void aFolderOfAnotherKindStays() throws Exception {
        Path other = leftover("weir-data");
        Path unknown = Files.createDirectories(parent.resolve(TemporaryFolder.PREFIX + "mine"));
        TemporaryFolder.removeLeftovers(parent, CLOCK);
        assertThat(other).exists();
        assertThat(unknown).exists();
    }

    private Path leftover(String name) throws Exception {
        Path folder = Files.createDirectories(parent.resolve(name).resolve("flink-io"))
                .getParent();
        Files.writeString(folder.resolve(TemporaryFolder.LOCK), "");
        return folder;
    }
}
