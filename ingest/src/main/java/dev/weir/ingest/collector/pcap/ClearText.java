package dev.weir.ingest.collector.pcap;

import dev.weir.model.L7;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the clear text of a TCP connection: HTTP/1 requests with their statuses, and the server name of a TLS
 * ClientHello. It looks at the beginnings of segments and reassembles only a ClientHello that spans a few of them, so a
 * request that is split within a header line is missed. Bounded.
 */
final class ClearText {
    private static final Pattern REQUEST = Pattern.compile(
            "(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE) (\\S{1,4096}) HTTP/1\\.[01]\r\n(?s)(.*)");
    private static final Pattern HOST = Pattern.compile("(?im)^host:[ \t]*([^\r\n]{1,253})");
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})[ \r](?s).*");
    private static final int MAX_HEAD = 8_192;
    private static final int MAX_PENDING = 64;
    private static final int MAX_HELLO = 16_384;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;

    private final Deque<L7.Http> pending = new ArrayDeque<>();
    private byte[] hello = new byte[0];
    private boolean encrypted;

    /** A request or a server name that was read. */
    record Found(L7.@Nullable Http http, @Nullable String sni, boolean tls) {}

    /** Reads one segment. */
    List<Found> read(ByteBuffer payload, boolean fromFirst) {
        List<Found> found = new ArrayList<>();
        if (encrypted && hello.length == 0) {
            return found;
        }
        if (hello.length > 0 || isHandshake(payload)) {
            greeting(payload, fromFirst, found);
            return found;
        }
        byte first = payload.get(payload.position());
        if (first >= 'A' && first <= 'Z') {
            byte[] head = new byte[Math.min(payload.remaining(), MAX_HEAD)];
            payload.duplicate().get(head);
            http(new String(head, StandardCharsets.ISO_8859_1), found);
        }
        return found;
    }

    private void http(String head, List<Found> found) {
        Matcher status = STATUS.matcher(head);
        if (status.matches()) {
            L7.Http asked = pending.pollFirst();
            int code = Integer.parseInt(status.group(1));
            // The final status follows an interim one.
            if (code >= 200 || code == 101) {
                found.add(new Found(
                        asked == null
                                ? new L7.Http(null, null, null, code)
                                : new L7.Http(asked.method(), asked.host(), asked.path(), code),
                        null,
                        false));
            } else if (asked != null) {
                pending.addFirst(asked);
            }
            return;
        }
        Matcher request = REQUEST.matcher(head);
        if (request.matches() && pending.size() < MAX_PENDING) {
            Matcher host = HOST.matcher(request.group(3));
            pending.addLast(new L7.Http(
                    request.group(1),
                    host.find() ? host.group(1).strip().toLowerCase(Locale.ROOT) : null,
                    request.group(2),
                    null));
        }
    }

    private static boolean isHandshake(ByteBuffer payload) {
        return payload.remaining() >= 6
                && payload.get(payload.position()) == HANDSHAKE
                && payload.get(payload.position() + 1) == 3;
    }

    private void greeting(ByteBuffer payload, boolean fromFirst, List<Found> found) {
        if (!encrypted) {
            encrypted = true;
            found.add(new Found(null, null, true));
        }
        boolean begins = hello.length == 0 && payload.get(payload.position() + 5) == CLIENT_HELLO;
        if (hello.length == 0 && !begins) {
            return;
        }
        int more = Math.min(payload.remaining(), MAX_HELLO - hello.length);
        byte[] together = new byte[hello.length + more];
        System.arraycopy(hello, 0, together, 0, hello.length);
        payload.duplicate().get(together, hello.length, more);
        ByteBuffer in = ByteBuffer.wrap(together);
        int length = in.getShort(3) & 0xffff;
        if (together.length < 5 + length && together.length < MAX_HELLO && fromFirst) {
            hello = together;
            return;
        }
        hello = new byte[0];
        String sni = serverName(in);
        if (sni != null) {
            found.add(new Found(null, sni, true));
        }
    }

    /** Returns the name in a ClientHello (RFC 8446, RFC 6066); null if there is none or it is cut off. */
    private static @Nullable String serverName(ByteBuffer in) {
        int at = 5 + 4 + 2 + 32;
        for (int lengthBytes : new int[] {1, 2, 1}) {
            if (at + lengthBytes > in.limit()) {
                return null;
            }
            at += lengthBytes + (lengthBytes == 1 ? in.get(at) & 255 : in.getShort(at) & 0xffff);
        }
        at += 2;
        while (at + 4 <= in.limit()) {
            int type = in.getShort(at) & 0xffff;
            int length = in.getShort(at + 2) & 0xffff;
            if (type == SERVER_NAME && at + 9 <= in.limit()) {
                int name = in.getShort(at + 7) & 0xffff;
                if (name == 0 || name > 253 || at + 9 + name > in.limit()) {
                    return null;
                }
                byte[] bytes = new byte[name];
                in.get(at + 9, bytes);
                String text = new String(bytes, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
                return text.matches("[a-z0-9._-]+") ? text : null;
            }
            at += 4 + length;
        }
        return null;
    }
}
