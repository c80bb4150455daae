/** The collector of context from a directory of Kubernetes YAML. */
@NullMarked
package dev.weir.ingest.collector.manifests;

import org.jspecify.annotations.NullMarked;
