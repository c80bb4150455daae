package dev.weir.alerting.service;

import dev.weir.alerting.route.Routes.Route;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The terms on which a group is notified: those of its route and its receiver at one time.
 *
 * @param repeat time after which an unchanged group is notified again; zero for never
 * @param isResent true if the receiver requires all open alerts in every notification
 * @param mutedUntilMs time until which the route is muted at least; null if it is not muted
 */
record NotifyTerms(
        Duration repeat, boolean isResent, @Nullable Long mutedUntilMs) {

    /**
     * The terms of a route.
     *
     * @param resend the interval at which the receiver requires all open alerts again; null for none
     */
    static NotifyTerms of(Route route, @Nullable Duration resend, long nowMs) {
        return new NotifyTerms(
                resend == null ? route.repeatInterval() : shorter(resend, route.repeatInterval()),
                resend != null,
                route.isMuted(nowMs) ? Long.valueOf(DueTimes.afterMuting(nowMs)) : null);
    }

    private static Duration shorter(Duration resend, Duration repeat) {
        return repeat.isZero() || resend.compareTo(repeat) < 0 ? resend : repeat;
    }
}
