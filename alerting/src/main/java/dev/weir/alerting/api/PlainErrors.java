package dev.weir.alerting.api;

import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What is no HTTP at all is answered by its status alone: no page, no stack trace, nothing of what was sent. */
final class PlainErrors extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        response.getHeaders().put("Content-Type", "text/plain");
        response.write(true, ByteBuffer.allocate(0), callback);
        return true;
    }
}
