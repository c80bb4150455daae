/** A directory of Kubernetes YAML as the description of the cluster. */
@NullMarked
package dev.weir.ingest.collector.manifests;

import org.jspecify.annotations.NullMarked;
