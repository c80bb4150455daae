/** Commands that ask a running Weir's API. */
@NullMarked
package dev.weir.standalone.command.client;

import org.jspecify.annotations.NullMarked;
