package dev.weir.benchmarks;

import java.nio.ByteBuffer;

/**
 * IPFIX as a router with two interfaces exports it: one record for each direction of a connection, both of them in one
 * datagram, with a template in every hundredth.
 */
final class Ipfix {
    static final int RECORDS = 24;

    private static final int VERSION = 10;
    private static final int TEMPLATE_SET = 2;
    private static final int TEMPLATE = 256;
    private static final int TEMPLATE_EVERY = 100;
    /** Element and length in bytes. */
    private static final int[][] FIELDS = {
        {8, 4}, {12, 4}, {7, 2}, {11, 2}, {4, 1}, {6, 1}, {1, 8}, {2, 8}, {152, 8}, {153, 8}
    };

    private static final int HEADER = 16;
    private static final int RECORD = 46;
    private static final int MOST = 1_400;
    private static final int FIN_PSH_SYN_ACK = 0x1b;

    private final ByteBuffer out = ByteBuffer.allocateDirect(MOST);
    private int sequence;
    private int datagrams;
    private long connections;

    /** The next datagram; good until the one after it is asked for. */
    ByteBuffer next(long nowMs) {
        out.clear().position(HEADER);
        if (datagrams++ % TEMPLATE_EVERY == 0) {
            out.putShort((short) TEMPLATE_SET).putShort((short) (8 + 4 * FIELDS.length));
            out.putShort((short) TEMPLATE).putShort((short) FIELDS.length);
            for (int[] field : FIELDS) {
                out.putShort((short) field[0]).putShort((short) field[1]);
            }
        }
        out.putShort((short) TEMPLATE).putShort((short) (4 + RECORDS * RECORD));
        for (int i = 0; i < RECORDS / 2; i++) {
            connection(nowMs);
        }
        out.putShort(0, (short) VERSION).putShort(2, (short) out.position());
        out.putInt(4, (int) (nowMs / 1000)).putInt(8, sequence).putInt(12, 1);
        sequence += RECORDS;
        return out.flip();
    }

    /** Adds both directions of a connection from one of 5,000 clients to one of 500 servers. */
    private void connection(long nowMs) {
        long number = connections++;
        int client = 0x0a00_0000 | (int) (1 + number % 5_000);
        int server = 0x0a01_0000 | (int) (1 + number % 500);
        short clientPort = (short) (32_768 + number / 5_000 % 28_000);
        short serverPort = (short) (8_000 + number % 10);
        record(client, server, clientPort, serverPort, 1_200, 12, nowMs);
        record(server, client, serverPort, clientPort, 48_000, 40, nowMs);
    }

    private void record(int from, int to, short fromPort, short toPort, long bytes, long packets, long nowMs) {
        out.putInt(from).putInt(to).putShort(fromPort).putShort(toPort);
        out.put((byte) 6).put((byte) FIN_PSH_SYN_ACK).putLong(bytes).putLong(packets);
        out.putLong(nowMs - 250).putLong(nowMs);
    }
}
