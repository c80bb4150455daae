package dev.weir.policy.random;

import dev.weir.policy.random.PlainMeshRule.Term;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The values of properties between which the terms of some rules may distinguish. */
final class PlainMeshValues {
    private static final List<String> NAMESPACES = List.of("n1", "n2", "n3", "istio-system", "elsewhere");
    private static final List<String> ACCOUNTS = List.of("reader", "writer", "default", "other");

    private PlainMeshValues() {}

    /** Texts that match each of the patterns, alone and together, and one that matches none. */
    static List<String> texts(List<Term> terms, String key, String other) {
        Set<String> texts = new LinkedHashSet<>(List.of(other));
        List<String> prefixes = new ArrayList<>();
        List<String> suffixes = new ArrayList<>();
        for (String value : values(terms, key)) {
            if (value.startsWith("*")) {
                suffixes.add(value.substring(1));
            } else if (value.endsWith("*")) {
                prefixes.add(value.substring(0, value.length() - 1));
            } else {
                texts.add(value);
            }
        }
        prefixes.add(other);
        suffixes.add("");
        for (String prefix : prefixes) {
            for (String suffix : suffixes) {
                texts.add(prefix + suffix);
            }
        }
        texts.remove("");
        return List.copyOf(texts);
    }

    /** Paths as {@link #texts}, with those that templates describe. */
    static List<String> paths(List<Term> terms) {
        Set<String> paths = new LinkedHashSet<>();
        for (String path : texts(terms, "request.path", "/of/no/rule")) {
            for (String one : List.of("s", "b")) {
                for (String any : List.of("", "t/u", "b")) {
                    paths.add(path.replace("{**}", any).replace("{*}", one));
                }
            }
        }
        paths.removeIf(path -> !path.startsWith("/"));
        return List.copyOf(paths);
    }

    /** The first and last address of each block, and one of no block. */
    static List<String> addresses(List<Term> terms, String key) {
        Set<String> addresses = new LinkedHashSet<>(List.of("198.18.0.1"));
        for (String block : values(terms, key)) {
            String[] parts = block.split("/");
            try {
                byte[] base = InetAddress.getByName(parts[0]).getAddress();
                int bits = base.length * 8;
                int free = parts.length == 1 ? 0 : bits - Integer.parseInt(parts[1]);
                BigInteger first = new BigInteger(1, base).shiftRight(free).shiftLeft(free);
                BigInteger last = first.add(BigInteger.ONE.shiftLeft(free)).subtract(BigInteger.ONE);
                addresses.add(address(first, base.length));
                addresses.add(address(last, base.length));
            } catch (UnknownHostException e) {
                throw new AssertionError(e);
            }
        }
        return List.copyOf(addresses);
    }

    private static String address(BigInteger number, int length) throws UnknownHostException {
        byte[] bytes = number.toByteArray();
        byte[] address = new byte[length];
        int count = Math.min(length, bytes.length);
        System.arraycopy(bytes, bytes.length - count, address, length - count, count);
        return InetAddress.getByAddress(address).getHostAddress();
    }

    static List<String> principals() {
        List<String> principals = new ArrayList<>();
        for (String domain : List.of("cluster.local", "other.domain")) {
            for (String namespace : NAMESPACES) {
                ACCOUNTS.forEach(account -> principals.add(domain + "/ns/" + namespace + "/sa/" + account));
            }
        }
        return principals;
    }

    /** Lists of up to two of the texts, joined by commas; empty for a claim that is not there. */
    static List<String> claims(List<String> texts) {
        Set<String> claims = new LinkedHashSet<>(List.of("-"));
        for (String one : texts) {
            claims.add(one);
            texts.forEach(two -> claims.add(one + "," + two));
        }
        claims.add(String.join(",", texts));
        return List.copyOf(claims);
    }

    /** The issuers, or the subjects, of principals of requests. */
    static List<String> ofPrincipals(List<Term> terms, boolean issuers) {
        Set<String> halves = new TreeSet<>(List.of("-", "other"));
        for (String value : values(terms, "request.auth.principal")) {
            int slash = value.lastIndexOf('/');
            String half = issuers ? value.substring(0, Math.max(0, slash)) : value.substring(slash + 1);
            halves.addAll(Arrays.asList(half, half.replace("*", ""), half.replace("*", "x")));
        }
        halves.remove("");
        return List.copyOf(halves);
    }

    private static Set<String> values(List<Term> terms, String key) {
        Set<String> values = new TreeSet<>();
        terms.stream().filter(term -> term.key().equals(key)).forEach(term -> values.addAll(term.values()));
        return values;
    }
}
