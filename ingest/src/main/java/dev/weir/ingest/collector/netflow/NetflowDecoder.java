package dev.weir.ingest.collector.netflow;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes datagrams of NetFlow v5, v9, IPFIX and sFlow. Remembers templates, sampling and sequence by transport session
 * (address and source port, RFC 7011 section 8) and observation domain, for at most {@value #MAX_DOMAINS} of them and
 * {@value #MAX_DOMAINS_OF_ADDRESS} of one address. For one thread.
 */
final class NetflowDecoder {
    static final int MAX_DOMAINS = 10_000;
    /** Many exporters may share one address, such as that of a relay. */
    static final int MAX_DOMAINS_OF_ADDRESS = 1_000;

    private static final int V5_HEADER = 24;
    private static final int V5_RECORD = 48;
    private static final int V5_MAX_RECORDS = 30;
    private static final int V9_HEADER = 20;
    private static final int IPFIX_HEADER = 16;

    private final FairLruMap<Session, ExporterState> states = new FairLruMap<>(MAX_DOMAINS, MAX_DOMAINS_OF_ADDRESS);

    private final PendingSets pending;
    private final SflowDecoder sflow = new SflowDecoder();
    /** The session of an address and domain with the latest packet. */
    private final FairLruMap<Domain, ExporterState> latest = new FairLruMap<>(MAX_DOMAINS, MAX_DOMAINS_OF_ADDRESS);

    private final boolean withdraws;
    private int conflicts;
    private long templatesEvicted;
    private long samplersRefused;
    private FairLruMap.@Nullable Evicted evicted;

    /**
     * Creates a decoder.
     *
     * @param withdraws true if templates can be withdrawn, as over a connection
     */
    NetflowDecoder(PendingSets pending, boolean withdraws) {
        this.pending = pending;
        this.withdraws = withdraws;
    }

    /** An observation domain of an address. */
    private record Domain(int version, long id) {}

    private record Session(int port, Domain domain) {}

    /**
     * Returns the number of templates, since the last call, that contradicted another one of the same address, domain
     * and id.
     */
    int takeConflicts() {
        int taken = conflicts;
        conflicts = 0;
        return taken;
    }

    /** Returns the number of templates, since the last call, that made room for others of their session. */
    long takeTemplatesEvicted() {
        long taken = templatesEvicted;
        templatesEvicted = 0;
        return taken;
    }

    /** Returns the number of announcements of samplers, since the last call, that their session had no room for. */
    long takeSamplersRefused() {
        long taken = samplersRefused;
        samplersRefused = 0;
        return taken;
    }

    /** Returns the number of sFlow agents evicted since the last call. */
    long takeAgentsEvicted() {
        return sflow.takeEvicted();
    }

    /** Returns the session evicted since the last call, at most one for each datagram; null for none. */
    FairLruMap.@Nullable Evicted takeEvicted() {
        FairLruMap.Evicted taken = evicted;
        evicted = null;
        return taken;
    }

    /**
     * Decodes one datagram.
     *
     * @param exporter address of the sender
     * @param port source port of the sender
     * @throws MalformedDatagramException if the datagram is of none of the four protocols, or contradicts itself
     */
    Decoded decode(String exporter, int port, ByteBuf datagram, long nowMs) throws MalformedDatagramException {
        if (datagram.readableBytes() < 2) {
            throw new MalformedDatagramException("has " + datagram.readableBytes() + " bytes, too few for a version");
        }
        int version = datagram.getUnsignedShort(datagram.readerIndex());
        return switch (version) {
            case 0 -> decodeSflow(exporter, datagram, nowMs);
            case 5 -> decodeV5(exporter, port, datagram);
            case 9 -> decodeV9(exporter, port, datagram, nowMs);
            case 10 -> decodeIpfix(exporter, port, datagram, nowMs);
            default -> throw new MalformedDatagramException("version " + version + " is not 5, 9 or 10, nor sFlow 5");
        };
    }

    private Decoded decodeSflow(String exporter, ByteBuf datagram, long nowMs) throws MalformedDatagramException {
        if (datagram.readableBytes() < 4 || datagram.getInt(datagram.readerIndex()) != SflowDecoder.VERSION) {
            throw new MalformedDatagramException("version 0 is not 5, 9 or 10, nor sFlow 5");
        }
        return sflow.decode(exporter, datagram, nowMs);
    }

    private Decoded decodeV5(String exporter, int port, ByteBuf datagram) throws MalformedDatagramException {
        requireHeader("v5", datagram, V5_HEADER);
        datagram.skipBytes(2);
        int count = datagram.readUnsignedShort();
        int fit = (datagram.readableBytes() - V5_HEADER + 4) / V5_RECORD;
        if (count < 1 || count > V5_MAX_RECORDS || count > fit) {
            throw new MalformedDatagramException(
                    "v5 count " + count + " is outside 1.." + V5_MAX_RECORDS + " or above the " + fit + " that fit");
        }
        long uptimeMs = datagram.readUnsignedInt();
        long exportMs = datagram.readUnsignedInt() * 1000 + datagram.readUnsignedInt() / 1_000_000;
        long sequence = datagram.readUnsignedInt();
        int engine = datagram.readUnsignedShort();
        // The two high bits are the mode, the rest the interval.
        int interval = datagram.readUnsignedShort() & 0x3fff;
        Session session = new Session(port, new Domain(5, engine));
        ExporterState state = state(exporter, session);
        keep(exporter, session, state);
        if (interval > 0) {
            state.learnSampling(null, interval);
        }
        List<ExportedFlow> flows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            flows.add(v5Record(datagram.readSlice(V5_RECORD), exportMs, uptimeMs, state));
        }
        return new Decoded(5, false, flows, 0, 0, 0, 0, state.missedBefore(sequence, count), state.lostPercent());
    }

    private static ExportedFlow v5Record(ByteBuf in, long exportMs, long uptimeMs, ExporterState state) {
        RecordReader record = new RecordReader(exportMs, uptimeMs, state);
        int[][] layout = {
            {Element.SOURCE_IPV4, 0, 4},
            {Element.DESTINATION_IPV4, 4, 4},
            {Element.PACKETS, 16, 4},
            {Element.BYTES, 20, 4},
            {Element.START_UPTIME, 24, 4},
            {Element.END_UPTIME, 28, 4},
            {Element.SOURCE_PORT, 32, 2},
            {Element.DESTINATION_PORT, 34, 2},
            {Element.TCP_FLAGS, 37, 1},
            {Element.PROTOCOL, 38, 1}
        };
        for (int[] field : layout) {
            record.read(new FlowTemplate.Field(0, field[0], field[2]), in.slice(field[1], field[2]));
        }
        ExportedFlow flow = record.flow();
        if (flow == null) {
            throw new AssertionError("a v5 record always has addresses");
        }
        return flow;
    }

    private Decoded decodeV9(String exporter, int port, ByteBuf datagram, long nowMs)
            throws MalformedDatagramException {
        requireHeader("v9", datagram, V9_HEADER);
        // The count after the version is often wrong in practice; the sets' lengths are used instead.
        datagram.skipBytes(4);
        long uptimeMs = datagram.readUnsignedInt();
        long exportMs = datagram.readUnsignedInt() * 1000;
        long sequence = datagram.readUnsignedInt();
        Session session = new Session(port, new Domain(9, datagram.readUnsignedInt()));
        ExporterState state = state(exporter, session);
        SetReader sets = new SetReader(false, false, exportMs, uptimeMs, state, pending, nowMs);
        readAll(exporter, session, state, sets, datagram);
        return sets.decoded(9, state.missedBefore(sequence, 1), state.lostPercent());
    }

    private Decoded decodeIpfix(String exporter, int port, ByteBuf datagram, long nowMs)
            throws MalformedDatagramException {
        requireHeader("IPFIX", datagram, IPFIX_HEADER);
        datagram.skipBytes(2);
        int length = datagram.readUnsignedShort();
        if (length < IPFIX_HEADER || length - 4 > datagram.readableBytes()) {
            throw new MalformedDatagramException("IPFIX length " + length + " is below " + IPFIX_HEADER
                    + " or above the datagram's " + (datagram.readableBytes() + 4));
        }
        long exportMs = datagram.readUnsignedInt() * 1000;
        long sequence = datagram.readUnsignedInt();
        Session session = new Session(port, new Domain(10, datagram.readUnsignedInt()));
        ExporterState state = state(exporter, session);
        SetReader sets = new SetReader(true, withdraws, exportMs, null, state, pending, nowMs);
        readAll(exporter, session, state, sets, datagram.readSlice(length - IPFIX_HEADER));
        // An unreadable set has an unknown number of records, so the next sequence number is unknown.
        long missed = state.missedBefore(sequence, sets.allRead() ? sets.records() : ExporterState.UNKNOWN);
        return sets.decoded(10, missed, state.lostPercent());
    }

    private static void requireHeader(String version, ByteBuf datagram, int length) throws MalformedDatagramException {
        if (datagram.readableBytes() < length) {
            throw new MalformedDatagramException(
                    version + " header has " + length + " bytes, but the datagram only " + datagram.readableBytes());
        }
    }

    /** Reads sets and keeps the session's state if they change it, even if a later set is malformed. */
    private void readAll(String exporter, Session session, ExporterState state, SetReader sets, ByteBuf datagram)
            throws MalformedDatagramException {
        long templatesBefore = state.templatesEvicted();
        long samplersBefore = state.samplersRefused();
        try {
            sets.readAll(datagram);
        } finally {
            templatesEvicted += state.templatesEvicted() - templatesBefore;
            samplersRefused += state.samplersRefused() - samplersBefore;
            if (sets.leavesSomething()) {
                keep(exporter, session, state);
            }
        }
        countConflicts(exporter, session.domain(), state, sets);
    }

    /**
     * Counts templates that were redefined in their session, and those that another session of the address defines
     * otherwise.
     */
    private void countConflicts(String exporter, Domain domain, ExporterState state, SetReader sets) {
        if (sets.learned().isEmpty()) {
            return;
        }
        conflicts += sets.redefined();
        ExporterState other = latest.get(exporter, domain);
        latest.put(exporter, domain, state);
        if (other != null && other != state) {
            conflicts +=
                    (int) sets.learned().stream().filter(other::contradicts).count();
        }
    }

    private ExporterState state(String exporter, Session session) {
        ExporterState known = states.get(exporter, session);
        return known == null ? new ExporterState() : known;
    }

    private void keep(String exporter, Session session, ExporterState state) {
        FairLruMap.Evicted made = states.put(exporter, session, state);
        evicted = made == null ? evicted : made;
    }
}
