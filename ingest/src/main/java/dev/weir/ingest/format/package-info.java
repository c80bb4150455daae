/**
 * Formats of lines that hold flows: a class for each, with a table that maps its fields to those of a flow. A test
 * holds the tables and the reference page on sources together.
 */
@NullMarked
package dev.weir.ingest.format;

import org.jspecify.annotations.NullMarked;
