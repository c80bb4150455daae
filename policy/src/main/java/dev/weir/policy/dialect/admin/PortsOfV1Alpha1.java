package dev.weir.policy.dialect.admin;

import dev.weir.policy.PortClause;
import dev.weir.policy.PortNames;
import dev.weir.policy.clause.Fields;
import java.util.List;

/** {@code ports} with {@code portNumber}, {@code portRange} or {@code namedPort}. */
final class PortsOfV1Alpha1 implements AdminPorts {
    private final PortNames names;

    PortsOfV1Alpha1(PortNames names) {
        this.names = names;
    }

    @Override
    public String field() {
        return "ports";
    }

    @Override
    public int most() {
        return 100;
    }

    @Override
    public List<PortClause> parse(Fields ports, Fields peers) {
        return ports.elements(most()).stream().map(this::port).toList();
    }

    private PortClause port(Fields entry) {
        entry.allowOnly("portNumber", "portRange", "namedPort");
        if (entry.present().size() != 1) {
            throw entry.invalid("must have exactly one of portNumber, portRange, namedPort");
        }
        Fields number = entry.child("portNumber");
        if (!number.absent()) {
            number.allowOnly("protocol", "port");
            int port = number.child("port").portNumber();
            return PortClause.range(number.child("protocol").protocol(), port, port);
        }
        Fields range = entry.child("portRange");
        if (!range.absent()) {
            range.allowOnly("protocol", "start", "end");
            int start = range.child("start").portNumber();
            int end = range.child("end").portNumber();
            if (end < start) {
                throw range.child("end").invalid(end + " is below start " + start);
            }
            return PortClause.range(range.child("protocol").protocol(), start, end);
        }
        return PortClause.named(null, entry.child("namedPort").portName(), names);
    }
}
