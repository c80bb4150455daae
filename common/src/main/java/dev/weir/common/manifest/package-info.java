/** Kubernetes objects in files: YAML or JSON, every document for itself, with the lines that messages need. */
@NullMarked
package dev.weir.common.manifest;

import org.jspecify.annotations.NullMarked;
