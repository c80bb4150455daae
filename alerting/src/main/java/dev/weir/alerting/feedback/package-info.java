/** People's decisions on their way to the analytics. */
@NullMarked
package dev.weir.alerting.feedback;

import org.jspecify.annotations.NullMarked;
