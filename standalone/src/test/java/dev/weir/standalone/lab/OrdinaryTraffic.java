package dev.weir.standalone.lab;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The ordinary clients of the lab: visitors with think time, pools and single connections to stores, payments outside,
 * probes, scrapes, leases, a message broker, backups and reports at fixed times, downloads, and people who administer.
 * Pauses are those of a cluster divided by {@link #STRETCH}.
 */
final class OrdinaryTraffic {
    /** The number of seconds of event time for each second of the lab. */
    static final int STRETCH = 60;

    static final List<String> PROGRAMS = List.of("curl", "dig", "redis-cli", "psql", "mosquitto_pub", "ssh", "ncat");

    private static final String PAUSE = """
            pause() { local ms=$(($1 + RANDOM % ($2 - $1))); sleep $((ms / 1000)).$(printf %03d $((ms % 1000))); }
            name() { dig +short +tries=1 @$DNS "$1" >/dev/null; }
            get() { curl -s -m 5 -k -o /dev/null "$@"; }
            """;

    private OrdinaryTraffic() {}

    /** Starts all clients; they go on until the lab is closed. */
    static void begin(LabNetwork lab, Path folder, long seed) throws Exception {
        Random random = new Random(seed);
        for (Map.Entry<LabHost, List<String>> host : clients().entrySet()) {
            for (String client : host.getValue()) {
                LabScript.begin(
                        lab,
                        host.getKey(),
                        folder,
                        PAUSE + "RANDOM=" + random.nextInt(32_768) + "\nwhile :; do\n" + client + "\ndone");
            }
        }
    }

    private static Map<LabHost, List<String>> clients() {
        String visitor = """
                for i in $(seq $((RANDOM % 6 + 1))); do
                  get http://$WEB/shop/page$((RANDOM % 9 + 1)); pause 50 500
                  get http://$WEBB/items/$((RANDOM % 9 + 1)) http://$WEBB/shop/page$((RANDOM % 9 + 1))
                done
                pause 500 3000
                """;
        Map<LabHost, List<String>> clients = new LinkedHashMap<>();
        clients.put(LabHost.USERA, List.of(visitor));
        clients.put(LabHost.USERB, List.of(visitor));
        clients.put(LabHost.USERC, List.of(visitor + "get http://$WEB/shop/gone; pause 2000 9000"));
        clients.put(
                LabHost.WEB,
                List.of(
                        "redis-cli -h $CACHE get page$((RANDOM % 9)) >/dev/null; pause 200 900",
                        "redis-cli -h $CACHE -r 100000 -i 0.5 ping >/dev/null; pause 100 200"));
        clients.put(
                LabHost.WEBB,
                List.of("redis-cli -h $CACHE set page$((RANDOM % 9)) $RANDOM >/dev/null; pause 300 1500"));
        clients.put(
                LabHost.ORDERS,
                List.of(
                        "pgbench -n -h $DB -U postgres -R 3 -c 2 -T 100000 postgres >/dev/null 2>&1; pause 100 200",
                        "name pay.example; get https://$PAY/charge -d amount=$RANDOM; pause 300 2000"));
        clients.put(
                LabHost.API,
                List.of(
                        "psql -q -h $DB -U postgres -c 'select count(*) from pgbench_branches' postgres >/dev/null; pause"
                                + " 400 1600",
                        "mosquitto_sub -h $BROKER -t readings >/dev/null 2>&1; pause 100 200",
                        "curl -sk -m 100000 --rate 60/m -X PUT -o /dev/null \"https://$KAPI:6443/lease?[1-100000]\"; pause"
                                + " 100 200"));
        clients.put(
                LabHost.SENSOR, List.of("mosquitto_pub -h $BROKER -t readings -m \"$RANDOM degrees\"; pause 300 800"));
        clients.put(LabHost.NODE, List.of("""
                        get http://$WEB/healthz; get http://$WEBB/healthz; get http://$API:8080/healthz
                        ncat -z $CACHE 6379; ncat -z $DB 5432; sleep 0.25
                        """));
        clients.put(LabHost.DB, List.of("""
                        sleep 60
                        mkdir -p $FOLDER/dump && head -c $((3000000 + RANDOM * 60)) /dev/urandom > $FOLDER/dump/base
                        rsync -a $FOLDER/dump/ rsync://$BACKUP/vault/db
                        """));
        clients.put(LabHost.JOB, List.of("""
                        sleep 30
                        name db.data
                        psql -q -h $DB -U postgres -c 'select * from pgbench_accounts limit 1500' postgres >/dev/null
                        """));
        clients.put(LabHost.CI, List.of("name mirror.example; get http://$MIRROR/package; pause 15000 50000"));
        clients.put(LabHost.OPS, List.of("""
                        pause 20000 70000
                        ssh $SSH root@$BASTION "for i in \\$(seq $((RANDOM % 8 + 2))); do date; sleep 1; done" >/dev/null
                        name shop.example
                        """));
        return clients;
    }
}
