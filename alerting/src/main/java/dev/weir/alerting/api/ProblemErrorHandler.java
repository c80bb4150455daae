package dev.weir.alerting.api;

import dev.weir.alerting.AlertingMetrics;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What is no HTTP, or no path, is answered as any other failure: no page, no stack trace, nothing of what was sent. */
final class ProblemErrorHandler extends ErrorHandler {
    private final AlertingMetrics metrics;

    ProblemErrorHandler(AlertingMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        metrics.requests.labels("other", Integer.toString(status)).inc();
        Api.HEADERS.forEach(response.getHeaders()::put);
        response.getHeaders().put("Content-Type", Api.PROBLEM);
        byte[] body = Api.problem(status, "this is no request that can be read");
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }
}
