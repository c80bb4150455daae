package dev.weir.ingest.collector.netflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** Reads the sets of one message, without its header. */
class SetReaderTest {
    private static final int ID = 300;
    private static final int IPFIX_TEMPLATES = 2;
    private static final int IPFIX_OPTIONS = 3;

    private final ExporterState state = new ExporterState();
    private final PendingSets pending = new PendingSets(1_000);

    @Test
    void templateAndDataOfOneMessageMakeFlows() throws MalformedDatagramException {
        SetReader sets = read(true, false, set(IPFIX_TEMPLATES, template(ID)), set(ID, data(1), data(2)));
        assertThat(sets.decoded(10, 0, null).flows())
                .extracting(ExportedFlow::sourceIp, ExportedFlow::bytes)
                .containsExactly(tuple("10.0.0.1", 1L), tuple("10.0.0.1", 2L));
        assertThat(sets.records()).isEqualTo(2);
        assertThat(sets.learned()).hasSize(1);
        assertThat(sets.leavesSomething()).isTrue();
        assertThat(sets.allRead()).isTrue();
    }

    @Test
    void paddingIsNoRecord() throws MalformedDatagramException {
        SetReader sets = read(
                true,
                false,
                set(IPFIX_TEMPLATES, template(ID), Unpooled.wrappedBuffer(new byte[2])),
                set(ID, data(1), Unpooled.wrappedBuffer(new byte[3])),
                Unpooled.wrappedBuffer(new byte[8]));
        assertThat(sets.decoded(10, 0, null).flows()).hasSize(1);
    }

    @Test
    void dataBeforeItsTemplateCountsInItsOwnMessage() throws MalformedDatagramException {
        SetReader first = read(true, false, set(ID, data(1)));
        assertThat(first.allRead()).isFalse();
        assertThat(first.leavesSomething()).isTrue();
        assertThat(first.decoded(10, 0, null).setsPending()).isEqualTo(1);
        SetReader second = read(true, false, set(IPFIX_TEMPLATES, template(ID)));
        assertThat(second.decoded(10, 0, null).flows()).hasSize(1);
        assertThat(second.records())
                .as("IPFIX counts the record in the first message")
                .isZero();
    }

    @Test
    void setWithoutRoomToWaitIsLost() throws MalformedDatagramException {
        SetReader sets = new SetReader(true, false, 1, null, state, new PendingSets(0), 0);
        sets.readAll(set(ID, data(1)));
        assertThat(sets.decoded(10, 0, null).setsLost()).isEqualTo(1);
        assertThat(sets.leavesSomething()).isFalse();
    }

    @Test
    void setLongerThanItsMessageIsRejected() {
        ByteBuf cut = set(ID, data(1));
        cut.setShort(2, 100);
        assertThatThrownBy(() -> read(true, false, cut))
                .isInstanceOf(MalformedDatagramException.class)
                .hasMessageContaining("set 300 at byte 0 has length 100, but 16 bytes are left");
        ByteBuf tooShort = Unpooled.buffer().writeShort(ID).writeShort(3);
        assertThatThrownBy(() -> read(true, false, tooShort)).isInstanceOf(MalformedDatagramException.class);
    }

    @Test
    void templateWithOtherFieldsIsRedefined() throws MalformedDatagramException {
        read(true, false, set(IPFIX_TEMPLATES, template(ID)));
        assertThat(read(true, false, set(IPFIX_TEMPLATES, template(ID))).redefined())
                .isZero();
        ByteBuf other = fields(ID, Element.SOURCE_IPV4, 4);
        assertThat(read(true, false, set(IPFIX_TEMPLATES, other)).redefined()).isEqualTo(1);
    }

    @Test
    void withdrawalCountsOnlyWhereItIsAllowed() throws MalformedDatagramException {
        ByteBuf withdrawal = Unpooled.buffer().writeShort(ID).writeShort(0);
        read(true, false, set(IPFIX_TEMPLATES, template(ID)));
        read(true, false, set(IPFIX_TEMPLATES, withdrawal.copy()));
        assertThat(state.template(ID)).isNotNull();
        read(true, true, set(IPFIX_TEMPLATES, withdrawal.copy()));
        assertThat(state.template(ID)).isNull();
    }

    @Test
    void withdrawalOfAllLeavesOptionsTemplates() throws MalformedDatagramException {
        ByteBuf options = Unpooled.buffer().writeShort(400).writeShort(2).writeShort(1);
        options.writeShort(Element.SELECTOR_ID)
                .writeShort(4)
                .writeShort(Element.SAMPLING_INTERVAL)
                .writeShort(4);
        read(true, true, set(IPFIX_TEMPLATES, template(ID)), set(IPFIX_OPTIONS, options));
        read(
                true,
                true,
                set(
                        IPFIX_TEMPLATES,
                        Unpooled.buffer().writeShort(IPFIX_TEMPLATES).writeShort(0)));
        assertThat(state.template(ID)).isNull();
        assertThat(state.template(400)).isNotNull();
    }

    @Test
    void optionsTemplateOfVersion9HasLengthsInBytes() throws MalformedDatagramException {
        ByteBuf options = Unpooled.buffer().writeShort(400).writeShort(4).writeShort(8);
        options.writeShort(1).writeShort(4);
        options.writeShort(Element.SAMPLER_ID)
                .writeShort(1)
                .writeShort(Element.SAMPLER_INTERVAL)
                .writeShort(4);
        ByteBuf record = Unpooled.buffer().writeInt(0).writeByte(7).writeInt(64);
        SetReader sets = new SetReader(false, false, 1, 1L, state, pending, 0);
        sets.readAll(Unpooled.wrappedBuffer(set(1, options), set(400, record)));
        assertThat(sets.decoded(9, 0, null).optionsRecords()).isEqualTo(1);
        assertThat(state.sampling(7L)).isEqualTo(64);
    }

    @Test
    void variableLengthPastTheSetEndsIt() throws MalformedDatagramException {
        ByteBuf named = fields(
                ID, Element.SOURCE_IPV4, 4, Element.DESTINATION_IPV4, 4, 82, FlowTemplate.VARIABLE, Element.BYTES, 4);
        ByteBuf good = Unpooled.buffer().writeInt(0x0a000001).writeInt(0x0a000002);
        good.writeByte(255).writeShort(3).writeBytes(new byte[3]).writeInt(5);
        ByteBuf bad = Unpooled.buffer().writeInt(0x0a000001).writeInt(0x0a000002);
        bad.writeByte(200).writeZero(8);
        SetReader sets = read(true, false, set(IPFIX_TEMPLATES, named), set(ID, good, bad));
        assertThat(sets.decoded(10, 0, null).flows())
                .singleElement()
                .extracting(ExportedFlow::bytes)
                .isEqualTo(5L);
    }

    @Test
    void recordWithoutAddressesIsCounted() throws MalformedDatagramException {
        ByteBuf bytes = fields(ID, Element.BYTES, 4);
        SetReader sets = read(
                true,
                false,
                set(IPFIX_TEMPLATES, bytes),
                set(ID, Unpooled.buffer().writeInt(5)));
        assertThat(sets.decoded(10, 0, null).otherRecords()).isEqualTo(1);
        assertThat(sets.records()).isEqualTo(1);
    }

    private SetReader read(boolean ipfix, boolean withdraws, ByteBuf... sets) throws MalformedDatagramException {
        SetReader reader = new SetReader(ipfix, withdraws, 1_000, null, state, pending, 0);
        reader.readAll(Unpooled.wrappedBuffer(sets));
        return reader;
    }

    private static ByteBuf set(int id, ByteBuf... parts) {
        ByteBuf body = Unpooled.wrappedBuffer(parts);
        return Unpooled.buffer()
                .writeShort(id)
                .writeShort(4 + body.readableBytes())
                .writeBytes(body);
    }

    private static ByteBuf template(int id) {
        return fields(id, Element.SOURCE_IPV4, 4, Element.DESTINATION_IPV4, 4, Element.BYTES, 4);
    }

    /**
     * Returns a template.
     *
     * @param elements elements, each with its length after it
     */
    private static ByteBuf fields(int id, int... elements) {
        ByteBuf out = Unpooled.buffer().writeShort(id).writeShort(elements.length / 2);
        for (int each : elements) {
            out.writeShort(each);
        }
        return out;
    }

    private static ByteBuf data(int bytes) {
        return Unpooled.buffer().writeInt(0x0a000001).writeInt(0x0a000002).writeInt(bytes);
    }
}
