package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.common.config.UnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    Path parent;

    @Test
    void newFolderIsForItsOwnerAlone() throws Exception {
        Path root = parent.resolve("data");
        DataFolder.open(root).close();
        assertThat(permissions(root)).isEqualTo("rwx------");
    }

    @Test
    void folderOfEarlierVersionIsClosedToOthers() throws Exception {
        Path root = parent.resolve("data");
        DataFolder.open(root).close();
        Path file = Files.writeString(
                Files.createDirectories(root.resolve("alerting")).resolve("weir.mv.db"), "x");
        Path link = Files.createSymbolicLink(root.resolve("link"), parent.resolve("elsewhere"));
        Files.writeString(parent.resolve("elsewhere"), "not in the folder");
        Files.setPosixFilePermissions(parent.resolve("elsewhere"), PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxrwxr-x"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        DataFolder.open(root).close();
        assertThat(permissions(root)).isEqualTo("rwx------");
        assertThat(permissions(file.getParent())).isEqualTo("rwx------");
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(permissions(link)).as("what a link names").isEqualTo("rw-r--r--");
    }

    @Test
    void folderIsReachedByLinkThenItIsClosedToOthers() throws Exception {
        Path real = Files.createDirectories(parent.resolve("real"));
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwxr-xr-x"));
        DataFolder.open(Files.createSymbolicLink(parent.resolve("data"), real)).close();
        assertThat(permissions(real)).isEqualTo("rwx------");
    }

    @Test
    void folderOfOtherProgramIsRefusedUntouched() throws Exception {
        Path home = Files.createDirectories(parent.resolve("home"));
        Files.writeString(home.resolve("letter.txt"), "x");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(() -> DataFolder.open(home))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("holds letter.txt and no file named version");
        assertThat(permissions(home)).isEqualTo("rwxr-xr-x");
        assertThat(home).isDirectoryContaining("glob:**/letter.txt").isDirectoryNotContaining("glob:**/lock");
    }

    @Test
    void folderOfOtherVersionIsRefusedUntouched() throws Exception {
        Path root = Files.createDirectories(parent.resolve("data"));
        Files.writeString(root.resolve("version"), "3\n");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(() -> DataFolder.open(root)).hasMessageContaining("has layout version 3");
        assertThat(permissions(root)).isEqualTo("rwxr-xr-x");
    }

    @Test
    void folderOfNewVolumeIsTaken() throws Exception {
        Path root = Files.createDirectories(parent.resolve("volume").resolve("lost+found"))
                .getParent();
        DataFolder.open(root).close();
        assertThat(root.resolve("version")).hasContent(Integer.toString(DataFolder.VERSION));
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
