package dev.weir.model.context;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.Cidr;
import dev.weir.common.Ip;
import dev.weir.model.codec.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses by which pods see their node beyond those of its status: the address of its bridge, which is the first
 * of the node's block of pod addresses, and those of its tunnels, which network plug-ins write into annotations.
 * Unreadable annotations are ignored, since an annotation is no field of the API.
 */
public final class NodeAddresses {
    private static final String FLANNEL = "flannel.alpha.coreos.com/";
    private static final String CALICO = "projectcalico.org/";

    /**
     * Annotations with addresses: Calico's node, IPIP, VXLAN and WireGuard; Cilium's router, before and since 1.13;
     * Flannel's public address; Kube-OVN's address of the node in its join network, of both families behind one
     * another.
     */
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
            FLANNEL + "public-ipv6-overwrite",
            "ovn.kubernetes.io/ip_address");
    /** OVN-Kubernetes' blocks of pod addresses of the node, by network, as JSON. */
    private static final String OVN_BLOCKS = "k8s.ovn.org/node-subnets";

    private static final Logger LOG = LoggerFactory.getLogger(NodeAddresses.class);
    private static final int MAX_PARTS = 8;

    private NodeAddresses() {}

    /** True if an annotation of a node holds addresses, or shows that Flannel uses its block. */
    public static boolean isAnnotation(String key) {
        return ANNOTATIONS.contains(key) || key.equals(FLANNEL + "backend-type") || key.equals(OVN_BLOCKS);
    }

    /** The further addresses of a node, canonical, without repetition. */
    static List<String> of(JsonNode node) {
        Set<String> addresses = new LinkedHashSet<>();
        JsonNode annotations = node.path("metadata").path("annotations");
        for (String annotation : ANNOTATIONS) {
            for (String text : annotations.path(annotation).asText("").split(",", MAX_PARTS)) {
                int slash = text.indexOf('/');
                String ip = Ip.canonical(slash < 0 ? text : text.substring(0, slash));
                if (ip != null) {
                    addresses.add(ip);
                }
            }
        }
        ovnBlocks(annotations).forEach(block -> addManagementPort(block, addresses));
        // Flannel's tunnel has the block's own address; the bridge behind it the one that follows.
        boolean flannel = annotations.properties().stream()
                .anyMatch(annotation -> annotation.getKey().startsWith(FLANNEL));
        for (String block : specBlocks(node)) {
            add(block, flannel, addresses);
        }
        return List.copyOf(addresses);
    }

    /** The blocks that a node gives its pods addresses of, without repetition. */
    static List<Cidr> podBlocks(JsonNode node) {
        List<String> blocks = new ArrayList<>(specBlocks(node));
        blocks.addAll(ovnBlocks(node.path("metadata").path("annotations")));
        return blocks.stream()
                .filter(block -> block.indexOf('/') >= 0)
                .map(Cidr::parse)
                .flatMap(Stream::ofNullable)
                .distinct()
                .toList();
    }

    private static List<String> specBlocks(JsonNode node) {
        List<String> blocks = new ArrayList<>();
        node.path("spec").path("podCIDRs").forEach(block -> blocks.add(block.asText()));
        blocks.add(node.path("spec").path("podCIDR").asText(""));
        return blocks;
    }

    private static List<String> ovnBlocks(JsonNode annotations) {
        String json = annotations.path(OVN_BLOCKS).asText("");
        List<String> blocks = new ArrayList<>();
        try {
            for (JsonNode network : Json.MAPPER.readTree(json)) {
                // The value holds one block as a text, or one for each family in a list.
                blocks.add(network.asText(""));
                network.forEach(block -> blocks.add(block.asText("")));
            }
        } catch (JsonProcessingException e) {
            LOG.debug("{} is not JSON: {}", OVN_BLOCKS, e.getOriginalMessage());
        }
        return blocks;
    }

    /**
     * Adds the management port: OVN-Kubernetes gives the first address of a block to its router and the second to the
     * node.
     */
    private static void addManagementPort(String block, Set<String> addresses) {
        byte[] first = firstOf(block);
        if (first != null) {
            first[first.length - 1] |= 2;
            addresses.add(Ip.toText(first));
        }
    }

    private static void add(String block, boolean own, Set<String> addresses) {
        byte[] first = firstOf(block);
        if (first == null) {
            return;
        }
        if (own) {
            addresses.add(Ip.toText(first));
        }
        first[first.length - 1] |= 1;
        addresses.add(Ip.toText(first));
    }

    /** The first address of a block; null when the text is no block, or has no room for more addresses. */
    private static byte @Nullable [] firstOf(String block) {
        Cidr cidr = block.indexOf('/') < 0 ? null : Cidr.parse(block);
        return cidr == null || cidr.prefix() > cidr.addressBits() - 2 ? null : cidr.network();
    }
}
