/** Commands that run and tune detectors. */
@NullMarked
package dev.weir.standalone.command.detect;

import org.jspecify.annotations.NullMarked;
