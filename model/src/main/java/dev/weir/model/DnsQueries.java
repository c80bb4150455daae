package dev.weir.model;

/**
 * The DNS questions of one edge and slice about one registered domain.
 *
 * @param domain the registered domain, for example {@code example.co.uk}
 * @param failed questions answered with NXDOMAIN
 * @param bulky questions for types that carry data: TXT, NULL, CNAME, MX, KEY, SRV and private ones
 * @param nameBytes characters of the names before the domain, in all
 * @param names Apache DataSketches' compact theta sketch of the distinct names, at most 64 entries
 */
public record DnsQueries(String domain, long queries, long failed, long bulky, long nameBytes, byte[] names) {}
