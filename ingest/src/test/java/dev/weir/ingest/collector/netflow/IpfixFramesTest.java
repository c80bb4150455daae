package dev.weir.ingest.collector.netflow;

import static dev.weir.ingest.collector.netflow.NetflowReceiverTest.message;
import static dev.weir.ingest.collector.netflow.NetflowReceiverTest.template;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks the time until a message must be complete. */
class IpfixFramesTest {
    private final List<Object> events = new ArrayList<>();
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new IpfixFrames(10), new ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(ChannelHandlerContext context, Object event) {
                    events.add(event);
                }
            });

    @BeforeEach
    void freeze() {
        channel.freezeTime();
    }

    @Test
    void messageOfOneByteASecondIsSlow() {
        ByteBuf message = message(0, template());
        for (int second = 0; second < 9; second++) {
            channel.writeInbound(message.readBytes(1));
            pass(1);
        }
        assertThat(events).isEmpty();
        channel.writeInbound(message.readBytes(1));
        pass(1);
        assertThat(events).containsExactly(IpfixFrames.Event.SLOW);
    }

    @Test
    void silenceBetweenMessagesIsNotSlow() {
        channel.writeInbound(message(0, template()));
        pass(1_000);
        assertThat(events).isEmpty();
        assertThat(channel.<ByteBuf>readInbound()).isNotNull();
    }

    @Test
    void eachMessageHasItsOwnTime() {
        ByteBuf stream = message(0, template());
        int length = stream.readableBytes();
        stream.writeBytes(message(0, template())).writeBytes(message(0, template()));
        channel.writeInbound(stream.readBytes(length - 1));
        pass(9);
        channel.writeInbound(stream.readBytes(length));
        pass(9);
        channel.writeInbound(stream.readBytes(length));
        pass(9);
        assertThat(events).isEmpty();
        pass(1);
        assertThat(events).containsExactly(IpfixFrames.Event.SLOW);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
        }
    }
}
