/** Limits and metrics pages that the HTTP servers of the modules share. */
@NullMarked
package dev.weir.common.http;

import org.jspecify.annotations.NullMarked;
