package dev.weir.ingest.publish;

/**
 * How far a file has been published.
 *
 * @param source what the position belongs to, for example {@code file:/var/log/hubble/events.log}
 * @param file identity of the file under that name, so that another file there is read from its start
 * @param offset bytes read, counted after decompression
 */
public record Position(String source, String file, long offset) {}
