/** The cluster at any time of its history: versions of the objects that came over weir.context. */
@NullMarked
package dev.weir.model.context;

import org.jspecify.annotations.NullMarked;
