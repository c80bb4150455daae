package dev.weir.analytics.job;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.rpc.RpcSystem;
import org.apache.flink.runtime.rpc.RpcSystemLoader;
import org.apache.flink.runtime.rpc.exceptions.RpcLoaderException;

/**
 * Takes Flink's communication between processes from the class path, so that a class-data archive can hold its classes.
 * Where it is not on the class path, Flink goes on to its own loader, which unpacks a jar and reads it at each start.
 */
public final class ClassPathRpc implements RpcSystemLoader {
    private static final String RPC_SYSTEM = "org.apache.flink.runtime.rpc.pekko.PekkoRpcSystem";

    @Override
    public int getLoadPriority() {
        return Integer.MIN_VALUE;
    }

    @Override
    public RpcSystem loadRpcSystem(Configuration config) {
        try {
            return (RpcSystem) Class.forName(RPC_SYSTEM).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new RpcLoaderException(RPC_SYSTEM + " is not on the class path", e);
        }
    }
}
