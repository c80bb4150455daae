/** Unit tests for policies: cases of manifests with the connections that they are to allow, to deny, or to refuse. */
@NullMarked
package dev.weir.policy.suite;

import org.jspecify.annotations.NullMarked;
