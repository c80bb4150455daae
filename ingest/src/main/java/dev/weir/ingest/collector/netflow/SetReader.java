package dev.weir.ingest.collector.netflow;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the sets of one NetFlow v9 or IPFIX message: templates into the exporter's state, data into flows. Real
 * exporters write wrong counts, any padding and trailing zeros, so the lengths of sets and templates are decisive, not
 * counts.
 */
final class SetReader {
    private static final int MAX_FIELDS = 1024;
    private static final int FIRST_DATA_SET = 256;
    private static final int ENTERPRISE_BIT = 0x8000;

    private final boolean ipfix;
    private final boolean withdraws;
    private final long exportMs;
    private final @Nullable Long uptimeMs;
    private final ExporterState state;
    private final PendingSets pending;
    private final long nowMs;

    private final List<ExportedFlow> flows = new ArrayList<>();
    private int optionsRecords;
    private int otherRecords;
    private int recovered;
    private int setsPending;
    private int setsLost;
    private final List<FlowTemplate> learned = new ArrayList<>();
    private int redefined;

    /**
     * Creates a reader for one message.
     *
     * @param withdraws true if a template without fields withdraws one
     */
    SetReader(
            boolean ipfix,
            boolean withdraws,
            long exportMs,
            @Nullable Long uptimeMs,
            ExporterState state,
            PendingSets pending,
            long nowMs) {
        this.ipfix = ipfix;
        this.withdraws = withdraws;
        this.exportMs = exportMs;
        this.uptimeMs = uptimeMs;
        this.state = state;
        this.pending = pending;
        this.nowMs = nowMs;
    }

    void readAll(ByteBuf sets) throws MalformedDatagramException {
        while (sets.readableBytes() >= 4) {
            int at = sets.readerIndex();
            int id = sets.readUnsignedShort();
            int length = sets.readUnsignedShort();
            if (id == 0 && length == 0) {
                // Some exporters fill their datagrams with trailing zeros.
                return;
            }
            if (length < 4 || length - 4 > sets.readableBytes()) {
                throw new MalformedDatagramException("set " + id + " at byte " + at + " has length " + length + ", but "
                        + (sets.readableBytes() + 4) + " bytes are left");
            }
            readSet(id, sets.readSlice(length - 4));
        }
    }

    Decoded decoded(int version, long missed, @Nullable Integer lostPercent) {
        return new Decoded(
                version, false, flows, optionsRecords, otherRecords, setsPending, setsLost, missed, lostPercent);
    }

    /** Returns the number of data records in this message, by which IPFIX counts its sequence. */
    int records() {
        return flows.size() + optionsRecords + otherRecords - recovered;
    }

    /** Returns the templates of this message. */
    List<FlowTemplate> learned() {
        return learned;
    }

    /** Returns the number of templates with other fields than the one they replaced. */
    int redefined() {
        return redefined;
    }

    /** True if later datagrams of the same session depend on this message: a template, a rate, a waiting set. */
    boolean leavesSomething() {
        return setsPending > 0 || !state.isEmpty();
    }

    boolean allRead() {
        return setsPending + setsLost == 0;
    }

    private void readSet(int id, ByteBuf body) {
        if (id == (ipfix ? 2 : 0)) {
            readTemplates(body, false);
        } else if (id == (ipfix ? 3 : 1)) {
            readTemplates(body, true);
        } else if (id >= FIRST_DATA_SET) {
            FlowTemplate template = state.template(id);
            if (template == null) {
                hold(id, body);
            } else {
                readData(template, body, exportMs, uptimeMs);
            }
        }
    }

    private void readTemplates(ByteBuf body, boolean options) {
        while (body.readableBytes() >= 4) {
            int id = body.readUnsignedShort();
            int count = body.readUnsignedShort();
            if (id < FIRST_DATA_SET) {
                withdrawOrStop(id, count, options);
                return;
            }
            if (ipfix && count == 0) {
                if (withdraws) {
                    state.withdraw(id);
                }
                continue;
            }
            int scopes = 0;
            if (options) {
                if (body.readableBytes() < 2) {
                    return;
                }
                if (ipfix) {
                    scopes = body.readUnsignedShort();
                } else {
                    // Lengths in v9 are bytes: of the scope fields, then of the option fields.
                    scopes = count / 4;
                    count = scopes + body.readUnsignedShort() / 4;
                }
            }
            List<FlowTemplate.Field> fields = fields(body, count);
            if (fields == null) {
                return;
            }
            FlowTemplate template = FlowTemplate.of(id, scopes, options, fields);
            if (template.minimumLength() > 0) {
                redefined += state.learn(template) ? 1 : 0;
                learned.add(template);
                readPending(template);
            }
        }
    }

    private void hold(int id, ByteBuf body) {
        if (pending.add(state, id, body, exportMs, uptimeMs, nowMs)) {
            setsPending++;
        } else {
            setsLost++;
        }
    }

    private void readPending(FlowTemplate template) {
        int before = flows.size() + optionsRecords + otherRecords;
        for (PendingSets.PendingSet set : pending.take(state, template.id())) {
            readData(template, Unpooled.wrappedBuffer(set.body()), set.exportMs(), set.uptimeMs());
        }
        recovered += flows.size() + optionsRecords + otherRecords - before;
    }

    private void withdrawOrStop(int id, int count, boolean options) {
        boolean all = ipfix && withdraws && count == 0 && id == (options ? 3 : 2);
        if (all) {
            state.withdrawAll(options);
        }
    }

    private @Nullable List<FlowTemplate.Field> fields(ByteBuf body, int count) {
        if (count == 0 || count > MAX_FIELDS) {
            return null;
        }
        List<FlowTemplate.Field> fields = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            if (body.readableBytes() < 4) {
                return null;
            }
            int element = body.readUnsignedShort();
            int length = body.readUnsignedShort();
            int enterprise = 0;
            if (ipfix && (element & ENTERPRISE_BIT) != 0) {
                if (body.readableBytes() < 4) {
                    return null;
                }
                element &= ~ENTERPRISE_BIT;
                enterprise = body.readInt();
            }
            fields.add(new FlowTemplate.Field(enterprise, element, length));
        }
        return fields;
    }

    private void readData(FlowTemplate template, ByteBuf body, long exportMs, @Nullable Long uptimeMs) {
        while (body.readableBytes() >= template.minimumLength()) {
            RecordReader record = new RecordReader(exportMs, uptimeMs, state);
            if (!readRecord(template, body, record)) {
                return;
            }
            if (template.options()) {
                record.learnSampling();
                optionsRecords++;
                continue;
            }
            ExportedFlow flow = record.flow();
            if (flow == null) {
                otherRecords++;
            } else {
                flows.add(flow);
            }
        }
    }

    /** Reads one record; returns false if a variable-length field extends past the set. */
    private static boolean readRecord(FlowTemplate template, ByteBuf body, RecordReader record) {
        for (FlowTemplate.Field field : template.fields()) {
            int length = field.length();
            if (field.variable()) {
                if (!body.isReadable()) {
                    return false;
                }
                length = body.readUnsignedByte();
                if (length == 255) {
                    if (body.readableBytes() < 2) {
                        return false;
                    }
                    length = body.readUnsignedShort();
                }
            }
            if (length > body.readableBytes()) {
                return false;
            }
            record.read(field, body.readSlice(length));
        }
        return true;
    }
}
