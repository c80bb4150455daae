package dev.weir.alerting.notify.ocsf;

import dev.weir.alerting.notify.Delivery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Appends lines to a file and forces each to the disk before the next. */
public final class FileLines implements Lines {
    private final Path file;

    public FileLines(Path file) {
        this.file = file;
    }

    @Override
    public Delivery add(List<Line> lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Line line : lines) {
            bytes.writeBytes(line.json());
            bytes.write('\n');
        }
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(false);
            return new Delivery.Delivered();
        } catch (IOException e) {
            return new Delivery.RetryLater(file + " cannot be written: " + e.getMessage(), null);
        }
    }
}
