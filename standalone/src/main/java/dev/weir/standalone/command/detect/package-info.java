/** Commands about detectors. */
@NullMarked
package dev.weir.standalone.command.detect;

import org.jspecify.annotations.NullMarked;
