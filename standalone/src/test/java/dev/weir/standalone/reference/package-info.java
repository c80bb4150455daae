/** Rules of other systems, restated from their documents, to be scored on the same flows as Weir. */
@NullMarked
package dev.weir.standalone.reference;

import org.jspecify.annotations.NullMarked;
