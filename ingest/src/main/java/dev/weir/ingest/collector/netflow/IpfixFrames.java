package dev.weir.ingest.collector.netflow;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into IPFIX messages, and fires {@link Event#SLOW} when one that has begun is not whole in time. The time is
 * counted in steps of a second while the thread of the connection is free, so that what this process is late with is not held
 * against the exporter.
 */
final class IpfixFrames extends LengthFieldBasedFrameDecoder {
    private static final int MAX_MESSAGE = 65_535;
    private static final int LENGTH_AT = 2;

    private final int wholeSeconds;
    private boolean hasCompleted;
    private int seconds;
    private @Nullable Future<?> timer;

    /** What the next handler is to know. */
    enum Event {
        /** A message has begun and is not whole in time. */
        SLOW
    }

    /**
     * @param wholeSeconds from the first byte of a message until it is whole
     */
    IpfixFrames(int wholeSeconds) {
        // The length stands behind the version and counts itself and what is before it.
        super(MAX_MESSAGE, LENGTH_AT, 2, -LENGTH_AT - 2, 0);
        this.wholeSeconds = wholeSeconds;
    }

    @Override
    protected @Nullable Object decode(ChannelHandlerContext context, ByteBuf in) throws Exception {
        Object message = super.decode(context, in);
        hasCompleted |= message != null;
        return message;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        if (hasCompleted || actualReadableBytes() == 0) {
            stop();
        }
        hasCompleted = false;
        if (actualReadableBytes() > 0 && timer == null) {
            seconds = 0;
            timer = context.executor().scheduleWithFixedDelay(() -> tick(context), 1, 1, TimeUnit.SECONDS);
        }
        super.channelReadComplete(context);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        stop();
    }

    private void tick(ChannelHandlerContext context) {
        if (++seconds >= wholeSeconds) {
            stop();
            context.fireUserEventTriggered(Event.SLOW);
        }
    }

    private void stop() {
        Future<?> running = timer;
        timer = null;
        if (running != null) {
            running.cancel(false);
        }
    }
}
