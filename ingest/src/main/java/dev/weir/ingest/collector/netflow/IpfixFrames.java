package dev.weir.ingest.collector.netflow;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Splits a stream into IPFIX messages, and fires {@link Event#SLOW} if a message is not complete in time. The time is
 * counted in steps of a second while the connection's thread is free, so that delays of this process do not count
 * against the exporter.
 */
final class IpfixFrames extends LengthFieldBasedFrameDecoder {
    private static final int MAX_MESSAGE = 65_535;
    private static final int LENGTH_AT = 2;

    private final int wholeSeconds;
    private boolean hasCompleted;
    private int seconds;
    private @Nullable Future<?> timer;

    /** Events for the next handler. */
    enum Event {
        /** A message has begun and was not complete in time. */
        SLOW
    }

    /**
     * Creates a decoder.
     *
     * @param wholeSeconds time from the first byte of a message until it must be complete
     */
    IpfixFrames(int wholeSeconds) {
        // The length follows the version, and includes itself and the bytes before it.
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
