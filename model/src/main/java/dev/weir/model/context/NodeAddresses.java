package dev.weir.model.context;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Ip;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The addresses by which pods see their node beyond those of its status: that of its bridge, which is the first of the
 * node's block of pod addresses, and those of its tunnels, which network plug-ins write into annotations. What cannot be
 * read is left out: an annotation is no field of the API.
 */
public final class NodeAddresses {
    private static final String FLANNEL = "flannel.alpha.coreos.com/";
    private static final String CALICO = "projectcalico.org/";

    /** Calico's node, IPIP, VXLAN and WireGuard; Cilium's router, before and since 1.13; Flannel's public address. */
    private static final List<String> ANNOTATIONS = List.of(
            CALICO + "IPv4Address",
            CALICO + "IPv6Address",
            CALICO + "IPv4IPIPTunnelAddr",
            CALICO + "IPv4VXLANTunnelAddr",
            CALICO + "IPv6VXLANTunnelAddr",
            CALICO + "IPv4WireguardInterfaceAddr",
            CALICO + "IPv6WireguardInterfaceAddr",
            "network.cilium.io/ipv4-cilium-host",
            "network.cilium.io/ipv6-cilium-host",
            "io.cilium.network.ipv4-cilium-host",
            "io.cilium.network.ipv6-cilium-host",
            FLANNEL + "public-ip",
            FLANNEL + "public-ipv6",
            FLANNEL + "public-ip-overwrite",
            FLANNEL + "public-ipv6-overwrite");

    private NodeAddresses() {}

    /** Whether an annotation of a node says something of its addresses, or that Flannel uses its block. */
    public static boolean isAnnotation(String key) {
        return ANNOTATIONS.contains(key) || key.equals(FLANNEL + "backend-type");
    }

    /** The further addresses of a node, canonical, without repetition. */
    static List<String> of(JsonNode node) {
        Set<String> addresses = new LinkedHashSet<>();
        JsonNode annotations = node.path("metadata").path("annotations");
        for (String annotation : ANNOTATIONS) {
            String text = annotations.path(annotation).asText("");
            int slash = text.indexOf('/');
            String ip = Ip.canonical(slash < 0 ? text : text.substring(0, slash));
            if (ip != null) {
                addresses.add(ip);
            }
        }
        // Flannel's tunnel has the block's own address; the bridge behind it the one that follows.
        boolean flannel = annotations.properties().stream()
                .anyMatch(annotation -> annotation.getKey().startsWith(FLANNEL));
        List<String> blocks = new ArrayList<>();
        node.path("spec").path("podCIDRs").forEach(block -> blocks.add(block.asText()));
        blocks.add(node.path("spec").path("podCIDR").asText(""));
        for (String block : blocks) {
            add(block, flannel, addresses);
        }
        return List.copyOf(addresses);
    }

    private static void add(String block, boolean own, Set<String> addresses) {
        int slash = block.indexOf('/');
        byte[] bytes = slash < 0 ? null : Ip.parse(block.substring(0, slash));
        String length = block.substring(slash + 1);
        if (bytes == null || !length.matches("[0-9]{1,3}")) {
            return;
        }
        int bits = Integer.parseInt(length);
        if (bits > bytes.length * 8 - 2) {
            return;
        }
        byte[] first = Ip.masked(bytes, bits);
        if (own) {
            addresses.add(Ip.toText(first));
        }
        first[first.length - 1] |= 1;
        addresses.add(Ip.toText(first));
    }
}
