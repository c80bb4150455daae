/**
 * Lines as flows: one class for each format, with a table that says which of its fields goes where. The reference page on
 * sources is held against the tables by a test.
 */
@NullMarked
package dev.weir.ingest.format;

import org.jspecify.annotations.NullMarked;
