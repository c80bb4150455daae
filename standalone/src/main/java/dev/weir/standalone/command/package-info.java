/** The weir command line. */
@NullMarked
package dev.weir.standalone.command;

import org.jspecify.annotations.NullMarked;
