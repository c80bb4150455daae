package dev.weir.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogLimitTest {
    @Test
    void firstOfEveryThreeEventsIsLogged() {
        LogLimit limit = new LogLimit(3);
        List<Long> logged = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            limit.count(logged::add);
        }
        assertThat(logged).containsExactly(1L, 4L, 7L);
    }
}
