package dev.weir.alerting.api;

import dev.weir.alerting.auth.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the API; its route and its entry in the OpenAPI document are made from it.
 *
 * @param path path with parameters in braces
 * @param id operationId of the OpenAPI document
 * @param about one sentence for the OpenAPI document
 * @param role least role that may call it
 * @param body record of the JSON request body; null for none
 * @param answer record of the JSON response, or of the data of each event
 * @param streams true for a {@code text/event-stream} response
 */
record Operation(
        Method method,
        String path,
        String id,
        String about,
        Role role,
        List<Param> params,
        @Nullable Class<?> body,
        Class<?> answer,
        boolean streams,
        Handler handler) {

    enum Method {
        GET,
        POST,
        DELETE
    }

    /** Handles a call that passed authentication and parameter checks. */
    interface Handler {
        Answer handle(Call call) throws Exception;
    }

    /**
     * A successful response.
     *
     * @param status 2xx status
     * @param body record of the response; null if the handler has written it
     * @param version version for the ETag; null for none
     */
    record Answer(
            int status, @Nullable Object body, @Nullable Long version) {
        /** The handler has written the whole response. */
        static final Answer WRITTEN = new Answer(200, null, null);

        static Answer of(Object body) {
            return new Answer(200, body, null);
        }

        static Answer of(Object body, long version) {
            return new Answer(200, body, version);
        }

        static Answer created(Object body) {
            return new Answer(201, body, null);
        }
    }

    static Operation get(String path, String id, String about, Class<?> answer, List<Param> params, Handler handler) {
        return new Operation(Method.GET, path, id, about, Role.VIEWER, params, null, answer, false, handler);
    }

    static Operation stream(
            String path, String id, String about, Class<?> answer, List<Param> params, Handler handler) {
        return new Operation(Method.GET, path, id, about, Role.VIEWER, params, null, answer, true, handler);
    }

    static Operation post(
            String path, String id, String about, Role role, Class<?> body, Class<?> answer, Handler handler) {
        return new Operation(Method.POST, path, id, about, role, List.of(), body, answer, false, handler);
    }

    static Operation delete(String path, String id, String about, Role role, Class<?> answer, Handler handler) {
        return new Operation(Method.DELETE, path, id, about, role, List.of(), null, answer, false, handler);
    }
}
