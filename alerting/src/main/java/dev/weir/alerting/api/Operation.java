package dev.weir.alerting.api;

import dev.weir.alerting.auth.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be asked of the API: the route and its part of the OpenAPI document are made from it.
 *
 * @param path with its parameters in braces
 * @param id of the operation
 * @param body record that it takes as JSON; null for none
 * @param answer record that it gives as JSON, or as the data of each event
 * @param streams whether it tells events for as long as somebody listens, as {@code text/event-stream}
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

    /** Answers a call that was let in and checked. */
    interface Handler {
        Answer handle(Call call) throws Exception;
    }

    /**
     * @param status 200 and others that are no failure
     * @param body null when all has been said already
     * @param version what a change is held against; null where there is none
     */
    record Answer(
            int status, @Nullable Object body, @Nullable Long version) {
        /** Everything that was to be said was written by the handler itself. */
        static final Answer SAID = new Answer(200, null, null);

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
