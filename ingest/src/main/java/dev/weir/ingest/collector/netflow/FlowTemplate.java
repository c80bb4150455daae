package dev.weir.ingest.collector.netflow;

import java.util.List;

/**
 * The layout of the records of a data set.
 *
 * @param scopes number of leading scope fields; more than none in an options template
 * @param minimumLength smallest length of a record, in bytes
 */
record FlowTemplate(int id, int scopes, boolean options, List<Field> fields, int minimumLength) {
    static final int VARIABLE = 0xffff;

    /** One field; {@code enterprise} 0 is IANA's registry. */
    record Field(int enterprise, int element, int length) {
        boolean variable() {
            return length == VARIABLE;
        }
    }

    static FlowTemplate of(int id, int scopes, boolean options, List<Field> fields) {
        int minimum = 0;
        for (Field field : fields) {
            minimum += field.variable() ? 1 : field.length();
        }
        return new FlowTemplate(id, scopes, options, List.copyOf(fields), minimum);
    }
}
