/** The alerting process: stores alerts and incidents, notifies receivers, and serves the REST API. */
@NullMarked
package dev.weir.alerting;

import org.jspecify.annotations.NullMarked;
