/** The REST API, metrics and health. */
@NullMarked
package dev.weir.alerting.api;

import org.jspecify.annotations.NullMarked;
