/** What the HTTP servers of the modules have in common. */
@NullMarked
package dev.weir.model.http;

import org.jspecify.annotations.NullMarked;
