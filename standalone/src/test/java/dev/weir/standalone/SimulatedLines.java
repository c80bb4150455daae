package dev.weir.standalone;

import dev.weir.model.Flow;
import dev.weir.model.codec.FlowJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Flows as lines of JSON. */
final class SimulatedLines {
    private SimulatedLines() {}

    static void write(OutputStream out, List<Flow> flows) throws IOException {
        for (Flow flow : flows) {
            out.write(FlowJson.encode(flow));
            out.write('\n');
        }
    }

    static byte[] of(List<Flow> flows) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, flows);
        return out.toByteArray();
    }
}
