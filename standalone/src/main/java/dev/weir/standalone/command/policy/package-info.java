/** {@code weir policy}: check, explain, test, simulate, recommend and map. */
@NullMarked
package dev.weir.standalone.command.policy;

import org.jspecify.annotations.NullMarked;
