/** One YAML file per process, every key also in the environment, unknown keys refused. */
@NullMarked
package dev.weir.model.config;

import org.jspecify.annotations.NullMarked;
