/** The places that hand out credentials, asked by who never did. */
@NullMarked
package dev.weir.analytics.detector.metadataaccess;

import org.jspecify.annotations.NullMarked;
