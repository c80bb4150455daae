/** Authentication of callers, their roles and the namespaces that they may see. */
@NullMarked
package dev.weir.alerting.auth;

import org.jspecify.annotations.NullMarked;
