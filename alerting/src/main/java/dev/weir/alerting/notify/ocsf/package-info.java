/** Detection findings of the Open Cybersecurity Schema Framework, for SIEMs. */
@NullMarked
package dev.weir.alerting.notify.ocsf;

import org.jspecify.annotations.NullMarked;
