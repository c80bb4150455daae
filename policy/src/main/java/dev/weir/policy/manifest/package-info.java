/** Writes policies and parts of them as the manifests that a person applies. */
@NullMarked
package dev.weir.policy.manifest;

import org.jspecify.annotations.NullMarked;
