/** Names that a program makes up, asked for until one exists. */
@NullMarked
package dev.weir.analytics.detector.dga;

import org.jspecify.annotations.NullMarked;
