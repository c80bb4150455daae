package dev.weir.policy.dialect.admin;

import dev.weir.policy.PortClause;
import dev.weir.policy.clause.Fields;
import java.util.List;

/** Ports of a rule, in which the two versions of the API differ. */
interface AdminPorts {

    /** The field that holds them. */
    String field();

    /** How many rules a direction may have, and peers and ports a rule. */
    int most();

    /**
     * @param ports absent for any
     * @param peers of the same rule
     */
    List<PortClause> parse(Fields ports, Fields peers);
}
