package dev.weir.standalone.lab;

import static dev.weir.standalone.lab.LabHost.API;
import static dev.weir.standalone.lab.LabHost.BACKUP;
import static dev.weir.standalone.lab.LabHost.BASTION;
import static dev.weir.standalone.lab.LabHost.BROKER;
import static dev.weir.standalone.lab.LabHost.CACHE;
import static dev.weir.standalone.lab.LabHost.DB;
import static dev.weir.standalone.lab.LabHost.DNS;
import static dev.weir.standalone.lab.LabHost.KAPI;
import static dev.weir.standalone.lab.LabHost.MIRROR;
import static dev.weir.standalone.lab.LabHost.ORDERS;
import static dev.weir.standalone.lab.LabHost.PAY;
import static dev.weir.standalone.lab.LabHost.REFUSE;
import static dev.weir.standalone.lab.LabHost.VOID;
import static dev.weir.standalone.lab.LabHost.WEB;
import static dev.weir.standalone.lab.LabHost.WEBB;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Starts the real servers of the lab. */
final class LabServers {
    /** The programs that must be installed. */
    static final List<String> PROGRAMS = List.of(
            "nginx",
            "redis-server",
            "dnsmasq",
            "sshd",
            "mosquitto",
            "rsync",
            "prometheus",
            "openssl",
            "pgbench",
            "nft");

    static final String PASSWORD = "lab-password";
    private static final String POSTGRES = "/usr/lib/postgresql";

    private final LabNetwork lab;
    private final Path folder;

    private LabServers(LabNetwork lab, Path folder) {
        this.lab = lab;
        this.folder = folder;
    }

    /**
     * Starts all servers and waits until they answer.
     *
     * @param folder for their files; every user may enter it
     */
    static void start(LabNetwork lab, Path folder) throws Exception {
        LabServers servers = new LabServers(lab, folder);
        servers.keys();
        servers.blocks();
        for (LabHost host : List.of(WEB, WEBB, API, PAY, MIRROR, KAPI)) {
            servers.nginx(host);
        }
        servers.begin(DNS, """
                exec dnsmasq -k -C /dev/null --pid-file= --no-resolv --no-hosts --user=root --log-facility=- \\
                  --local=/com/net/org/info/biz/io/cluster.local/ \\
                  --local-ttl=30 --address=/shop.example/$WEB --address=/pay.example/$PAY --address=/mirror.example/$MIRROR \\
                  --address=/db.data/$DB --address=/redis.data/$CACHE --address=/cdn.example/$PAY \\
                  --host-record=web.shop.svc.cluster.local,$WEB --host-record=api.shop.svc.cluster.local,$API \\
                  --host-record=postgres.data.svc.cluster.local,$DB --host-record=redis.data.svc.cluster.local,$CACHE \\
                  --server=/tunnel.example/$EVILA --server=/relay.example/$EVILB
                """);
        servers.begin(CACHE, "exec redis-server --bind $CACHE --protected-mode no --save '' --dir $FOLDER");
        servers.begin(BROKER, """
                printf 'listener 1883 %s\\nallow_anonymous true\\nuser root\\n' $BROKER > $FOLDER/mosquitto.conf
                exec mosquitto -c $FOLDER/mosquitto.conf
                """);
        servers.begin(BACKUP, """
                mkdir -p $FOLDER/vault
                printf '[vault]\\npath = %s/vault\\nread only = false\\nuid = root\\nuse chroot = false\\n' $FOLDER > $FOLDER/rsyncd.conf
                exec rsync --daemon --no-detach --config=$FOLDER/rsyncd.conf --address=$BACKUP
                """);
        for (LabHost host : List.of(BASTION, API, ORDERS, WEBB)) {
            servers.begin(host, """
                    mkdir -p /run/sshd
                    exec $(command -v sshd) -D -e -f /dev/null -h $FOLDER/host_key -o UsePAM=no -o StrictModes=no \\
                      -o PermitRootLogin=yes -o PidFile=none -o AuthorizedKeysFile=$FOLDER/key.pub -o MaxStartups=100 \\
                      -o MaxAuthTries=6 -o Subsystem='sftp internal-sftp'
                    """);
        }
        servers.postgres();
        servers.prometheus();
        for (LabHost host : List.of(WEB, WEBB, MIRROR)) {
            lab.awaitListening(host.host(), 80);
        }
        lab.awaitListening(CACHE.host(), 6379);
        lab.awaitListening(BROKER.host(), 1883);
        lab.awaitListening(BASTION.host(), 22);
        lab.awaitListening(DB.host(), 5432);
        lab.in(
                ORDERS.host(),
                "sh",
                "-c",
                "PGPASSWORD=" + PASSWORD + " pgbench -i -s 3 -q -h " + DB.address() + " -U postgres postgres 2>&1");
    }

    private void begin(LabHost host, String script) throws Exception {
        LabScript.begin(lab, host, folder, script);
    }

    private void keys() throws Exception {
        LabScript.run(lab, WEB, folder, """
                ssh-keygen -q -t ed25519 -N '' -f $FOLDER/key
                ssh-keygen -q -t ed25519 -N '' -f $FOLDER/host_key
                openssl req -x509 -newkey rsa:2048 -nodes -days 3 -subj /CN=lab.example \\
                  -keyout $FOLDER/tls.key -out $FOLDER/tls.crt 2>/dev/null
                mkdir -p $FOLDER/www/shop $FOLDER/www/api/items
                for i in 1 2 3 4 5 6 7 8 9; do head -c $((i * 9000)) /dev/urandom > $FOLDER/www/shop/page$i; done
                for i in 1 2 3 4 5 6 7 8 9; do head -c $((i * 700)) /dev/urandom > $FOLDER/www/api/items/$i; done
                head -c 6000000 /dev/urandom > $FOLDER/www/package
                echo up 1 > $FOLDER/www/metrics
                echo index > $FOLDER/www/index.html
                printf 'admin:%s\\n' "$(openssl passwd -apr1 none-guesses-it)" > $FOLDER/htpasswd
                """);
    }

    /** Makes the blocks of addresses without a pod: one that drops, one that refuses. */
    private void blocks() throws Exception {
        lab.in(VOID.host(), "ip", "route", "add", "local", "10.60.8.0/24", "dev", "lo");
        lab.in(REFUSE.host(), "ip", "route", "add", "local", "10.60.7.0/24", "dev", "lo");
        lab.in(
                VOID.host(),
                "nft",
                "add table ip t; add chain ip t in { type filter hook input priority 0; policy drop; }");
    }

    private void nginx(LabHost host) throws Exception {
        String conf = """
                daemon off;
                worker_processes 1;
                pid %1$s/nginx-%2$s.pid;
                error_log %1$s/nginx-%2$s.err;
                events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s/tmp-%2$s;
                  client_max_body_size 200m;
                  proxy_temp_path %1$s/tmp-%2$s;
                  fastcgi_temp_path %1$s/tmp-%2$s;
                  uwsgi_temp_path %1$s/tmp-%2$s;
                  scgi_temp_path %1$s/tmp-%2$s;
                  server {
                    listen %3$s:80;
                    listen %3$s:8080;
                    listen %3$s:443 ssl;
                    listen %3$s:6443 ssl;
                    ssl_certificate %1$s/tls.crt;
                    ssl_certificate_key %1$s/tls.key;
                    root %1$s/www;
                    location /healthz { return 200 ok; }
                    location /lease { return 200 renewed; }
                    location /charge { return 200 charged; }
                    location /admin/ { auth_basic lab; auth_basic_user_file %1$s/htpasswd; }
                    location /items/ { proxy_pass http://%4$s:8080/api/items/; }
                  }
                }
                """.formatted(folder, host.host(), host.address(), API.address());
        Path file = Files.writeString(folder.resolve("nginx-" + host.host() + ".conf"), conf);
        lab.begin(host.host(), "nginx", "-c", file.toString(), "-p", folder.toString());
    }

    private void postgres() throws Exception {
        Path bin;
        try (Stream<Path> versions = Files.list(Path.of(POSTGRES))) {
            bin = versions.max(Path::compareTo).orElseThrow().resolve("bin");
        }
        begin(DB, """
                mkdir $FOLDER/db && chown postgres $FOLDER/db && echo %2$s > $FOLDER/pw && cd $FOLDER/db
                runuser -u postgres -- %1$s/initdb -D $FOLDER/db/data -A md5 --pwfile=$FOLDER/pw
                printf 'host all all 0.0.0.0/0 md5\\n' >> $FOLDER/db/data/pg_hba.conf
                exec runuser -u postgres -- %1$s/postgres -D $FOLDER/db/data -h $DB -k $FOLDER/db
                """.formatted(bin, PASSWORD));
    }

    private void prometheus() throws Exception {
        Path config = Files.writeString(
                folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: lab
                    static_configs:
                      - targets: ["%s:80", "%s:80", "%s:8080"]
                """.formatted(WEB.address(), WEBB.address(), API.address()));
        begin(LabHost.PROM, """
                exec prometheus --config.file=%s --storage.tsdb.path=$FOLDER/tsdb --web.listen-address=127.0.0.1:9090
                """.formatted(config));
    }
}
