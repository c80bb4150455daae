package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.codec.FlowCodec;
import dev.weir.model.codec.FlowJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpTargetTest {
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            nullValues = "-",
            value = {
                "GET, -, /v1/items, -, /v1/items",
                "GET, api, /v1/items?token=s3cret, api, /v1/items",
                "GET, api, /v1/items#s3cret, api, /v1/items",
                "GET, -, http://api.data:8080/v1/items?id=1&token=s3cret, api.data:8080, /v1/items",
                "GET, -, https://me:s3cret@api/v1#x, api, /v1",
                "GET, -, HTTPS://me:s3cret@[fd00::1]:80?token=s3cret, [fd00::1]:80, /",
                "GET, api, http://me:s3cret@other/v1, api, /v1",
                "GET, me:s3cret@api:80, /v1, api:80, /v1",
                "GET, api?token=s3cret, /v1, api, /v1",
                "GET, -, me:s3cret@api/v1, -, api/v1",
                "GET, -, /users/@me, -, /users/@me",
                "GET, -, ?token=s3cret, -, -",
                "CONNECT, -, me:s3cret@db:5432, db:5432, -",
                "CONNECT, -, -, -, -",
                "GET, api, /app/list;jsessionid=s3cret?x=1, api, /app/list",
                "GET, api, /a;v=s3cret/b;w=s3cret, api, /a/b",
                "GET, api, /a%3Bsid=s3cret/b, api, /a/b",
                "GET, api, /v1%3Ftoken=s3cret, api, /v1",
                "GET, api, /v1%3ftoken=s3cret/more, api, /v1",
                "GET, api, /v1%23s3cret, api, /v1",
                "GET, -, http://api%3Ftoken=s3cret, api, /",
                "GET, api, ;jsessionid=s3cret, api, -",
                "GET, api, /caf%C3%A9/50%25, api, /caf%C3%A9/50%25",
                "OPTIONS, -, *, -, *",
                "-, -, http:///v1?token=s3cret, -, /v1"
            })
    void hostAndPathAreAllThatIsKept(String method, String host, String target, String keptHost, String keptPath) {
        L7.Http http = new L7.Http(method, host, target, null);
        assertThat(http.host()).isEqualTo(keptHost);
        assertThat(http.path()).isEqualTo(keptPath);
    }

    @Test
    void queryIsDroppedFromWeirsOwnForm() {
        String json = "{\"start_ms\":1,\"protocol\":\"TCP\",\"source\":{\"ip\":\"10.0.0.1\"},"
                + "\"destination\":{\"ip\":\"10.0.0.2\"},"
                + "\"l7\":{\"http\":{\"method\":\"GET\",\"path\":\"http://me:s3cret@api/v1?token=s3cret\"}}}";
        Flow flow = FlowCodec.decode(json.getBytes(StandardCharsets.UTF_8));
        assertThat(new String(FlowJson.encode(flow), StandardCharsets.UTF_8))
                .doesNotContain("s3cret")
                .contains("\"host\":\"api\"", "\"path\":\"/v1\"");
    }
}
