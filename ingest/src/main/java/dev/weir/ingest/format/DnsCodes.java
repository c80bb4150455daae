package dev.weir.ingest.format;

import java.util.Map;

/** Names of DNS response codes and record types (IANA, "Domain Name System (DNS) Parameters"). */
public final class DnsCodes {
    private static final Map<Integer, String> TYPES = Map.ofEntries(
            Map.entry(1, "A"),
            Map.entry(2, "NS"),
            Map.entry(5, "CNAME"),
            Map.entry(6, "SOA"),
            Map.entry(10, "NULL"),
            Map.entry(12, "PTR"),
            Map.entry(15, "MX"),
            Map.entry(16, "TXT"),
            Map.entry(28, "AAAA"),
            Map.entry(33, "SRV"),
            Map.entry(35, "NAPTR"),
            Map.entry(43, "DS"),
            Map.entry(48, "DNSKEY"),
            Map.entry(64, "SVCB"),
            Map.entry(65, "HTTPS"),
            Map.entry(99, "SPF"),
            Map.entry(252, "AXFR"),
            Map.entry(255, "ANY"),
            Map.entry(257, "CAA"));

    private DnsCodes() {}

    /** Returns the name of a response code, {@code NXDOMAIN} for 3; {@code RCODE23} for one without a name. */
    public static String rcode(int code) {
        return switch (code) {
            case 0 -> "NOERROR";
            case 1 -> "FORMERR";
            case 2 -> "SERVFAIL";
            case 3 -> "NXDOMAIN";
            case 4 -> "NOTIMP";
            case 5 -> "REFUSED";
            case 6 -> "YXDOMAIN";
            case 7 -> "YXRRSET";
            case 8 -> "NXRRSET";
            case 9 -> "NOTAUTH";
            case 10 -> "NOTZONE";
            default -> "RCODE" + code;
        };
    }

    /**
     * Returns the name of a record type, {@code AAAA} for 28; {@code TYPE123}, as in RFC 3597, for one without a name
     * here.
     */
    public static String type(int type) {
        return TYPES.getOrDefault(type, "TYPE" + type);
    }
}
