/** The languages that policies are written in, a package each; {@code Dialects} lists them. */
@NullMarked
package dev.weir.policy.dialect;

import org.jspecify.annotations.NullMarked;
