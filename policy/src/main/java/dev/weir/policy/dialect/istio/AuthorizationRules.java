package dev.weir.policy.dialect.istio;

import dev.weir.policy.clause.AddressBlock;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.dialect.istio.MeshCondition.Attribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the rules of an AuthorizationPolicy. */
final class AuthorizationRules {
    private static final Map<String, Attribute> SOURCES = Map.of(
            "principals", Attribute.PRINCIPAL,
            "requestPrincipals", Attribute.REQUEST_PRINCIPAL,
            "namespaces", Attribute.NAMESPACE,
            "serviceAccounts", Attribute.ACCOUNT,
            "trustDomains", Attribute.TRUST_DOMAIN,
            "ipBlocks", Attribute.SOURCE_IP,
            "remoteIpBlocks", Attribute.REMOTE_IP);

    private static final Map<String, Attribute> OPERATIONS = Map.of(
            "hosts", Attribute.HOST,
            "ports", Attribute.PORT,
            "methods", Attribute.METHOD,
            "paths", Attribute.PATH);

    private static final Map<String, Attribute> KEYS = Map.ofEntries(
            Map.entry("source.ip", Attribute.SOURCE_IP),
            Map.entry("remote.ip", Attribute.REMOTE_IP),
            Map.entry("source.namespace", Attribute.NAMESPACE),
            Map.entry("source.principal", Attribute.PRINCIPAL),
            Map.entry("source.serviceAccount", Attribute.ACCOUNT),
            Map.entry("source.trustDomain", Attribute.TRUST_DOMAIN),
            Map.entry("request.auth.principal", Attribute.REQUEST_PRINCIPAL),
            Map.entry("request.auth.audiences", Attribute.AUDIENCES),
            Map.entry("request.auth.presenter", Attribute.PRESENTER),
            Map.entry("destination.ip", Attribute.DESTINATION_IP),
            Map.entry("destination.port", Attribute.PORT),
            Map.entry("connection.sni", Attribute.SNI));

    private static final List<Attribute> OF_CONNECTIONS = List.of(
            Attribute.PRINCIPAL,
            Attribute.NAMESPACE,
            Attribute.ACCOUNT,
            Attribute.SOURCE_IP,
            Attribute.DESTINATION_IP,
            Attribute.PORT);

    private static final List<Attribute> ADDRESSES =
            List.of(Attribute.SOURCE_IP, Attribute.REMOTE_IP, Attribute.DESTINATION_IP);

    private static final Pattern HEADER = Pattern.compile("request\\.headers\\[([^\\[\\]]+)]");
    private static final Pattern CLAIM = Pattern.compile("request\\.auth\\.claims((?:\\[[^\\[\\]]+])+)");
    private static final Pattern ENVOY = Pattern.compile("experimental\\.envoy\\.filters\\..+");
    private static final int MAX_PORT = 65_535;

    private final String namespace;
    private final String action;
    private final IstioFacts facts;

    AuthorizationRules(String namespace, String action, IstioFacts facts) {
        this.namespace = namespace;
        this.action = action;
        this.facts = facts;
    }

    MeshRule rule(Fields rule) {
        rule.allowOnly("from", "to", "when");
        List<List<MeshCondition>> from = new ArrayList<>();
        for (Fields entry : rule.child("from").elements()) {
            Fields source = entry.allowOnly("source").required("source");
            refuseOfSource(source);
            from.add(entry(source, SOURCES));
        }
        List<List<MeshCondition>> to = new ArrayList<>();
        for (Fields entry : rule.child("to").elements()) {
            to.add(entry(entry.allowOnly("operation").required("operation"), OPERATIONS));
        }
        List<MeshCondition> when = new ArrayList<>();
        for (Fields entry : rule.child("when").elements()) {
            when(entry.allowOnly("key", "values", "notValues"), when);
        }
        return new MeshRule(action.equals("ALLOW"), List.copyOf(from), List.copyOf(to), List.copyOf(when), facts);
    }

    private void refuseOfSource(Fields source) {
        boolean hasAccounts = !source.child("serviceAccounts").absent()
                || !source.child("notServiceAccounts").absent();
        for (String other : List.of("principals", "notPrincipals", "namespaces", "notNamespaces")) {
            if (hasAccounts && !source.child(other).absent()) {
                throw source.child(other).invalid("cannot go with serviceAccounts");
            }
        }
    }

    private List<MeshCondition> entry(Fields entry, Map<String, Attribute> fields) {
        List<String> known = new ArrayList<>();
        fields.keySet().forEach(field -> {
            known.add(field);
            known.add(not(field));
        });
        entry.allowOnly(known.toArray(String[]::new));
        List<MeshCondition> conditions = new ArrayList<>();
        fields.forEach((field, attribute) -> {
            for (String each : List.of(field, not(field))) {
                Fields values = entry.child(each);
                if (!values.elements().isEmpty()) {
                    conditions.add(condition(attribute, List.of(), values, !each.equals(field), true));
                }
            }
        });
        if (conditions.isEmpty()) {
            throw entry.invalid("must not be empty");
        }
        return List.copyOf(conditions);
    }

    private static String not(String field) {
        return "not" + field.substring(0, 1).toUpperCase(Locale.ROOT) + field.substring(1);
    }

    private MeshCondition condition(
            Attribute attribute, List<String> argument, Fields list, boolean isNegated, boolean isField) {
        List<String> values = new ArrayList<>();
        for (Fields value : list.elements()) {
            check(attribute, value);
            values.add(
                    switch (attribute) {
                        case ACCOUNT -> account(value);
                        case PRINCIPAL -> facts.settings().named(value.text());
                        default -> value.text();
                    });
        }
        if (action.equals("CUSTOM")) {
            refuseOfCustom(attribute, list);
        }
        boolean isOfConnections = OF_CONNECTIONS.contains(attribute) && (isField || attribute != Attribute.ACCOUNT);
        return new MeshCondition(attribute, argument, List.copyOf(values), isNegated, isOfConnections);
    }

    private String account(Fields value) {
        String text = value.text();
        return text.contains("/") ? text : namespace + "/" + text;
    }

    private static void refuseOfCustom(Attribute attribute, Fields field) {
        boolean isUnsupported = List.of(
                        Attribute.NAMESPACE,
                        Attribute.PRINCIPAL,
                        Attribute.ACCOUNT,
                        Attribute.REQUEST_PRINCIPAL,
                        Attribute.AUDIENCES,
                        Attribute.PRESENTER,
                        Attribute.CLAIM)
                .contains(attribute);
        if (isUnsupported) {
            throw field.invalid("is not supported with the action CUSTOM");
        }
    }

    private static void check(Attribute attribute, Fields value) {
        String text = value.text();
        if (attribute == Attribute.PORT && !isPort(text)) {
            throw value.invalid("'" + text + "' is not a number of 1.." + MAX_PORT);
        }
        if (ADDRESSES.contains(attribute)) {
            AddressBlock block = AddressBlock.parseAny(text);
            if (block == null) {
                throw value.invalid("'" + text + "' is neither an address nor a CIDR");
            }
        }
        if (attribute == Attribute.ACCOUNT && (text.split("/", -1).length > 2 || text.contains("*"))) {
            throw value.invalid("'" + text + "' is not ACCOUNT or NAMESPACE/ACCOUNT");
        }
        if (attribute == Attribute.TRUST_DOMAIN
                && text.length() > 2
                && text.substring(1, text.length() - 1).contains("*")) {
            throw value.invalid("'" + text + "' has a * that is not at its start or end");
        }
        if (attribute == Attribute.PATH) {
            checkPath(value);
        }
        if (text.isEmpty()) {
            throw value.invalid("must not be empty");
        }
    }

    private static boolean isPort(String text) {
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= MAX_PORT;
    }

    private static void checkPath(Fields value) {
        String text = value.text();
        if (!text.contains("{") && !text.contains("}")) {
            return;
        }
        boolean isLast = false;
        for (String segment : text.split("/", -1)) {
            boolean isTemplate = segment.equals("{*}") || segment.equals("{**}");
            if (!isTemplate && (segment.contains("{") || segment.contains("}") || segment.contains("*"))) {
                throw value.invalid("'" + text + "' has braces that are not a segment {*} or {**}");
            }
            isLast |= segment.equals("{**}");
        }
        if (isLast && text.indexOf("{**}") != text.lastIndexOf("{**}")) {
            throw value.invalid("'" + text + "' has {**} twice");
        }
    }

    private void when(Fields entry, List<MeshCondition> conditions) {
        Fields key = entry.required("key");
        String text = key.text();
        Attribute attribute = KEYS.get(text);
        List<String> argument = List.of();
        Matcher header = HEADER.matcher(text);
        Matcher claim = CLAIM.matcher(text);
        if (header.matches()) {
            attribute = Attribute.HEADER;
            argument = List.of(header.group(1).toLowerCase(Locale.ROOT));
        } else if (claim.matches()) {
            attribute = Attribute.CLAIM;
            argument = List.of(
                    claim.group(1).substring(1, claim.group(1).length() - 1).split("]\\[", -1));
        } else if (ENVOY.matcher(text).matches()) {
            attribute = Attribute.OF_ENVOY;
        }
        if (attribute == null) {
            throw key.invalid("'" + text + "' is not a key that is known here");
        }
        boolean isSaid = false;
        for (String list : List.of("values", "notValues")) {
            if (!entry.child(list).elements().isEmpty()) {
                conditions.add(condition(attribute, argument, entry.child(list), list.equals("notValues"), false));
                isSaid = true;
            }
        }
        if (!isSaid) {
            throw entry.invalid("needs values or notValues");
        }
    }
}
