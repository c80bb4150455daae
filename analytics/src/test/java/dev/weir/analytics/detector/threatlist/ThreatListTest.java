package dev.weir.analytics.detector.threatlist;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Distinct;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorHarness;
import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreatListTest {
    @TempDir
    Path folder;

    private DetectorHarness<?> list(String name, String content) throws Exception {
        Path file = Files.writeString(folder.resolve(name), content);
        return new DetectorHarness<>(new ThreatList(new ThreatFiles(new ThreatListConfig(List.of(file.toString())))));
    }

    private static Activity to(long slice, String ip) {
        return new ActivityBuilder(slice, workload("web"), address(ip), 443)
                .answered(1)
                .build();
    }

    private static Activity asks(String domain) {
        return new ActivityBuilder(0, workload("web"), address("10.0.0.10"), 53)
                .answered(1)
                .dns(new DnsQueries(domain, 1, 0, 0, 0, Distinct.none()))
                .build();
    }

    @Test
    void plainListHasAddressesNetworksAndDomains() throws Exception {
        DetectorHarness<?> list =
                list("plain.txt", "# bad\n203.0.113.7\n198.51.100.0/24 ; a network\n2001:db8::/32\nevil.example\n");
        assertThat(list.run(0, to(0, "203.0.113.7"))).singleElement().satisfies(finding -> {
            assertThat(finding.category()).isEqualTo("command-and-control");
            assertThat(finding.summary()).contains("plain.txt");
        });
        assertThat(list.run(0, to(0, "198.51.100.200"), to(0, "2001:db8:1::1"))).hasSize(2);
        assertThat(list.run(0, to(0, "203.0.113.8"), to(0, "10.0.0.1"))).isEmpty();
        assertThat(list.run(0, asks("evil.example"))).hasSize(1);
        assertThat(list.run(0, asks("notevil.example"))).isEmpty();
    }

    @Test
    void contactFromAListedAddressIsFound() throws Exception {
        DetectorHarness<?> list = list("plain.txt", "203.0.113.7\n");
        Activity from = new ActivityBuilder(0, address("203.0.113.7"), workload("web"), 443)
                .answered(1)
                .build();
        assertThat(list.run(0, from))
                .singleElement()
                .extracting(Finding::category)
                .isEqualTo("initial-access");
    }

    @Test
    void csvAndHostsFilesAreRead() throws Exception {
        DetectorHarness<?> csv = list("feed.csv", "first_seen,dst_ip,port\n\"2026-01-01\",\"203.0.113.9\",443\n");
        assertThat(csv.run(0, to(0, "203.0.113.9"))).hasSize(1);
        DetectorHarness<?> hosts = list("hosts", "127.0.0.1 localhost\n0.0.0.0 ads.example tracker.example\n");
        assertThat(hosts.run(0, asks("tracker.example"))).hasSize(1);
        assertThat(hosts.run(0, to(0, "0.0.0.0"))).isEmpty();
    }

    @Test
    void indicatorsOfStixExpire() throws Exception {
        DetectorHarness<?> stix = list("bundle.json", """
                {"type":"bundle","objects":[
                 {"type":"indicator","name":"C2","pattern":"[ipv4-addr:value = '203.0.113.5'] OR [domain-name:value = 'bad.example']",
                  "valid_until":"1970-01-01T01:00:00Z"},
                 {"type":"indicator","revoked":true,"pattern":"[ipv4-addr:value = '203.0.113.6']"},
                 {"type":"malware","name":"x"}]}
                """);
        assertThat(stix.run(0, to(0, "203.0.113.5"), asks("bad.example")))
                .hasSize(2)
                .first()
                .satisfies(finding -> assertThat(finding.summary()).contains("bundle.json: C2"));
        assertThat(stix.run(0, to(0, "203.0.113.6"))).as("revoked").isEmpty();
        assertThat(stix.run(61 * MINUTE, to(61 * MINUTE, "203.0.113.5")))
                .as("expired")
                .isEmpty();
    }

    @Test
    void changedListIsReadAndMissingListStaysInForce() throws Exception {
        Path file = folder.resolve("plain.txt");
        DetectorHarness<?> list = list("plain.txt", "203.0.113.7\n");
        assertThat(list.run(0, to(0, "203.0.113.8"))).isEmpty();
        Files.writeString(file, "203.0.113.8\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertThat(list.run(30_000, to(30_000, "203.0.113.8")))
                .as("looked at a moment ago")
                .isEmpty();
        assertThat(list.run(2 * MINUTE, to(2 * MINUTE, "203.0.113.8"))).hasSize(1);
        Files.delete(file);
        assertThat(list.run(4 * MINUTE, to(4 * MINUTE, "203.0.113.8"))).hasSize(1);
    }
}
