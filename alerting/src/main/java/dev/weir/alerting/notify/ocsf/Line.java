package dev.weir.alerting.notify.ocsf;

/**
 * A finding as JSON.
 *
 * @param key id of the alert
 */
record Line(String key, byte[] json) {}
