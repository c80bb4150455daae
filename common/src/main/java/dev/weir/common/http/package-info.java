/** What the HTTP servers of the modules have in common. */
@NullMarked
package dev.weir.common.http;

import org.jspecify.annotations.NullMarked;
