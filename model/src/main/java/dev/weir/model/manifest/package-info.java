/** Kubernetes objects in files: YAML or JSON, every document for itself, with the lines that messages need. */
@NullMarked
package dev.weir.model.manifest;

import org.jspecify.annotations.NullMarked;
