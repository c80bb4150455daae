package dev.weir.ingest.collector.netflow;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the sets of one NetFlow v9 or IPFIX message: templates into the exporter's state, data into flows. Exporters in
 * the field count wrongly, pad with anything and append zeros, so lengths of sets and templates rule, not counts.
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
    private final HeldSets held;
    private final long nowMs;

    private final List<ExportedFlow> flows = new ArrayList<>();
    private int optionsRecords;
    private int otherRecords;
    private int recovered;
    private int setsHeld;
    private int setsLost;
    private final List<Template> learned = new ArrayList<>();
    private int redefined;

    /**
     * @param withdraws whether a template without fields takes one back
     */
    SetReader(
            boolean ipfix,
            boolean withdraws,
            long exportMs,
            @Nullable Long uptimeMs,
            ExporterState state,
            HeldSets held,
            long nowMs) {
        this.ipfix = ipfix;
        this.withdraws = withdraws;
        this.exportMs = exportMs;
        this.uptimeMs = uptimeMs;
        this.state = state;
        this.held = held;
        this.nowMs = nowMs;
    }

    void readAll(ByteBuf sets) throws MalformedDatagramException {
        while (sets.readableBytes() >= 4) {
            int at = sets.readerIndex();
            int id = sets.readUnsignedShort();
            int length = sets.readUnsignedShort();
            if (id == 0 && length == 0) {
                // Trailing zeros, as some exporters fill their datagrams with.
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
                version, false, flows, optionsRecords, otherRecords, setsHeld, setsLost, missed, lostPercent);
    }

    /** Data records of this message, which is what IPFIX counts its sequence by. */
    int records() {
        return flows.size() + optionsRecords + otherRecords - recovered;
    }

    /** The templates that it brought. */
    List<Template> learned() {
        return learned;
    }

    /** How many of them have other fields than the one that they replaced. */
    int redefined() {
        return redefined;
    }

    /** Whether there is anything that a later datagram of the same session needs: a template, a rate, a set that waits. */
    boolean leavesSomething() {
        return setsHeld > 0 || !state.isEmpty();
    }

    boolean allRead() {
        return setsHeld + setsLost == 0;
    }

    private void readSet(int id, ByteBuf body) {
        if (id == (ipfix ? 2 : 0)) {
            readTemplates(body, false);
        } else if (id == (ipfix ? 3 : 1)) {
            readTemplates(body, true);
        } else if (id >= FIRST_DATA_SET) {
            Template template = state.template(id);
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
                    // v9 tells lengths in bytes: of the scope fields, then of the option fields.
                    scopes = count / 4;
                    count = scopes + body.readUnsignedShort() / 4;
                }
            }
            List<Template.Field> fields = fields(body, count);
            if (fields == null) {
                return;
            }
            Template template = Template.of(id, scopes, options, fields);
            if (template.minimumLength() > 0) {
                redefined += state.learn(template) ? 1 : 0;
                learned.add(template);
                readHeld(template);
            }
        }
    }

    private void hold(int id, ByteBuf body) {
        if (held.hold(state, id, body, exportMs, uptimeMs, nowMs)) {
            setsHeld++;
        } else {
            setsLost++;
        }
    }

    private void readHeld(Template template) {
        int before = flows.size() + optionsRecords + otherRecords;
        for (HeldSets.Held set : held.take(state, template.id())) {
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

    private @Nullable List<Template.Field> fields(ByteBuf body, int count) {
        if (count == 0 || count > MAX_FIELDS) {
            return null;
        }
        List<Template.Field> fields = new ArrayList<>(count);
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
            fields.add(new Template.Field(enterprise, element, length));
        }
        return fields;
    }

    private void readData(Template template, ByteBuf body, long exportMs, @Nullable Long uptimeMs) {
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

    /** False when a variable-length field runs past the set. */
    private static boolean readRecord(Template template, ByteBuf body, RecordReader record) {
        for (Template.Field field : template.fields()) {
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
