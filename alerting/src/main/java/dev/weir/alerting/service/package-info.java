/** Work that has to happen together: each method is one transaction over the stores. */
@NullMarked
package dev.weir.alerting.service;

import org.jspecify.annotations.NullMarked;
