/** Many ports of one destination tried in vain (vertical scan). */
@NullMarked
package dev.weir.analytics.detector.portscan;

import org.jspecify.annotations.NullMarked;
