/** The HTTP server: REST API, event stream, metrics and health. */
@NullMarked
package dev.weir.alerting.api;

import org.jspecify.annotations.NullMarked;
