package dev.weir.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.rpc.RpcSystem;
import org.apache.flink.runtime.rpc.exceptions.RpcLoaderException;
import org.junit.jupiter.api.Test;

/** The loader of Flink's communication, on a class path that lacks it, as that of a Flink image does. */
class ClassPathRpcTest {
    @Test
    void absentClassIsNamed() {
        assertThatThrownBy(() -> new ClassPathRpc().loadRpcSystem(new Configuration()))
                .isInstanceOf(RpcLoaderException.class)
                .hasMessageContaining("pekko.PekkoRpcSystem is not on the class path");
    }

    @Test
    void flinkGoesOnToItsOwnLoader() {
        try (RpcSystem system = RpcSystem.load()) {
            assertThat(system.getClass().getName()).doesNotContain("weir");
        }
    }
}
