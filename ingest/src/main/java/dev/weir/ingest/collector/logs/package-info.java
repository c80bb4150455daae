/** The collector of flows in lines of any format: from files, standard input, HTTP and topics. */
@NullMarked
package dev.weir.ingest.collector.logs;

import org.jspecify.annotations.NullMarked;
