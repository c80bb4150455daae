/** Records that cross a topic: flows, activities, alerts, context changes; and the topics' names. */
@NullMarked
package dev.weir.model;

import org.jspecify.annotations.NullMarked;
