/** The cluster as it was at any moment: versions of the objects that came over weir.context. */
@NullMarked
package dev.weir.model.context;

import org.jspecify.annotations.NullMarked;
