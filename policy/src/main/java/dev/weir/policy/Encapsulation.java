package dev.weir.policy;

import java.util.List;

/** The way in which a mesh sends traffic, which is what the policies of the network see. */
@FunctionalInterface
public interface Encapsulation {
    /** Traffic is sent as it is. */
    Encapsulation NONE = List::of;

    /** The traffic as it is sent; more than one if that depends on a property that is not known. */
    List<Traffic> sent(Traffic traffic);
}
