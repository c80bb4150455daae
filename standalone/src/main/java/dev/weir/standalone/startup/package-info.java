/** Class paths and class-data archives, made when Weir is packaged, with which commands start soon. */
@NullMarked
package dev.weir.standalone.startup;

import org.jspecify.annotations.NullMarked;
