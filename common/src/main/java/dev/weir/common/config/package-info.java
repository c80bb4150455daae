/** One YAML file per process, every key also in the environment, unknown keys refused. */
@NullMarked
package dev.weir.common.config;

import org.jspecify.annotations.NullMarked;
