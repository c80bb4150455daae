package dev.weir.alerting.api;

import dev.weir.alerting.AlertingMetrics;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Answers requests that Jetty rejects before a route is found with a problem document: no page, no stack trace, no echo
 * of the request.
 */
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
        byte[] body = Api.problem(status, "the request is not valid HTTP, or its path cannot be read");
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }
}
