package dev.weir.policy.dialect.admin;

import dev.weir.policy.PortClause;
import dev.weir.policy.clause.Fields;
import java.util.List;

/** The ports of a rule, in which the two versions of the API differ. */
interface AdminPorts {

    /** The name of the field. */
    String field();

    /** The maximum number of rules of a direction, and of peers and ports of a rule. */
    int most();

    /**
     * Parses the field.
     *
     * @param ports absent for any
     * @param peers of the same rule
     */
    List<PortClause> parse(Fields ports, Fields peers);
}
