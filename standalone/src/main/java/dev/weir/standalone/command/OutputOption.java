package dev.weir.standalone.command;

import picocli.CommandLine.Option;

/** The option for output as a table or as JSON. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class OutputOption {
    enum Form {
        table,
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "Format of the output: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}",
            defaultValue = "table")
    private Form form;

    public boolean isJson() {
        return form == Form.json;
    }
}
