/** What libraries log of events that Weir knows more of. */
@NullMarked
package dev.weir.standalone.log;

import org.jspecify.annotations.NullMarked;
