"""redis-py's cluster client, and what the cluster face says of itself."""

from redis.cluster import RedisCluster
from redis.crc import key_slot

from compat import HOST, PORTS, case, connect, equal, key, main, refused

r = RedisCluster(host=HOST, port=PORTS[0], socket_timeout=20)
plain = connect()


@case("the client finds the nodes, and they cover all slots")
def nodes():
    equal(len(r.get_nodes()) >= 1, True)
    equal(len(r.get_primaries()), len(PORTS))
    equal({node.port for node in r.get_primaries()}, set(PORTS))
    equal(sorted(r.nodes_manager.slots_cache), list(range(16384)))
    for node in r.get_primaries():
        equal(r.ping(target_nodes=node), True)


@case("set and get over many slots")
def many_slots():
    for i in range(200):
        equal(r.set(key(f"slots:{i}"), i), True)
    for i in range(200):
        equal(r.get(key(f"slots:{i}")), str(i).encode())


@case("strings, counters, expiry")
def commands():
    equal(r.set(key("k"), "v", ex=100, nx=True), True)
    equal(r.set(key("k"), "w", nx=True), None)
    equal(99 <= r.ttl(key("k")) <= 100, True)
    equal(r.append(key("k"), "w"), 2)
    equal(r.getdel(key("k")), b"vw")
    equal(r.incr(key("n")), 1)
    equal(r.incrby(key("n"), 41), 42)
    equal(r.incrbyfloat(key("f"), 1.5), 1.5)
    equal(r.expire(key("n"), 100), True)
    equal(r.persist(key("n")), True)
    refused("value is not a valid float", r.incrbyfloat, key("n"), "x")


@case("several keys at once, within a slot and across")
def several_keys():
    tagged = {key(f"{{tag}}:{i}"): str(i) for i in range(10)}
    equal(r.mset(tagged), True)
    equal(r.mget(list(tagged)), [value.encode() for value in tagged.values()])
    names = [key(f"across:{i}") for i in range(50)]
    r.mset_nonatomic({name: "v" for name in names})
    equal(r.mget_nonatomic(names), [b"v"] * 50)
    equal(r.exists(*names), 50)
    equal(r.delete(*names), 50)
    equal(r.exists(*names), 0)


@case("a pipeline")
def pipeline():
    pipe = r.pipeline()
    for i in range(100):
        pipe.set(key(f"pipe:{i}"), i)
    equal(pipe.execute(), [True] * 100)
    for i in range(100):
        pipe.get(key(f"pipe:{i}"))
    equal(pipe.execute(), [str(i).encode() for i in range(100)])


@case("a transaction on keys of several slots is refused, and nothing of it done")
def transaction():
    pipe = plain.pipeline(transaction=True).set(key("{a}"), 1).set(key("{b}"), 2)
    refused("Keys in request don't hash to the same slot", pipe.execute)
    equal([r.get(key("{a}")), r.get(key("{b}"))], [None, None])
    pipe = plain.pipeline(transaction=True).set(key("{a}"), 1).set(key("{a}b"), 2)
    equal(pipe.execute(), [True, True])


@case("a scan of every primary gives every key once")
def scan():
    names = {key(f"scan:{i}").encode() for i in range(300)}
    for name in names:
        r.set(name, "v")
    found = []
    for node in r.get_primaries():
        found += list(connect(PORTS.index(node.port)).scan_iter(match=key("scan:*"), count=50))
    equal(sorted(found), sorted(names))
    equal(set(r.scan_iter(match=key("scan:*"))), names)


@case("dbsize of all primaries is the number of keys")
def dbsize():
    r.flushall(target_nodes=RedisCluster.PRIMARIES)
    for i in range(100):
        r.set(key(f"size:{i}"), "v")
    equal(r.dbsize(target_nodes=RedisCluster.PRIMARIES), 100)


@case("reading from replicas")
def replicas():
    reader = RedisCluster(host=HOST, port=PORTS[0], read_from_replicas=True)
    for i in range(50):
        r.set(key(f"read:{i}"), i)
    for i in range(50):
        equal(reader.get(key(f"read:{i}")), str(i).encode())
    equal(plain.readonly(), True)
    equal(plain.readwrite(), True)


@case("CLUSTER KEYSLOT agrees with the client")
def keyslot():
    for name in ("a", "123456789", "{user1000}.following", "foo{}{bar}", "foo{{bar}}zap", "{}x"):
        equal(plain.execute_command("CLUSTER", "KEYSLOT", name), key_slot(name.encode()))
    equal(plain.execute_command("CLUSTER", "KEYSLOT", "123456789"), 12739)


@case("CLUSTER SLOTS")
def slots():
    covered = []
    for begin, end, *owners in plain.execute_command("CLUSTER", "SLOTS"):
        covered += range(begin, end + 1)
        equal(1 <= len(owners) <= len(PORTS), True)
        for _, port, node_id, *_ in owners:
            equal(port in PORTS, True)
            equal(len(node_id), 40)
    equal(sorted(covered), list(range(16384)))


@case("CLUSTER SHARDS")
def shards():
    covered = []
    for flat in plain.execute_command("CLUSTER", "SHARDS"):
        shard = dict(zip(flat[::2], flat[1::2]))
        for begin, end in zip(shard[b"slots"][::2], shard[b"slots"][1::2]):
            covered += range(begin, end + 1)
        for flat_node in shard[b"nodes"]:
            node = dict(zip(flat_node[::2], flat_node[1::2]))
            equal(node[b"port"] in PORTS, True)
            equal(len(node[b"id"]), 40)
            equal(node[b"role"] in (b"master", b"replica"), True)
            equal(node[b"health"], b"online")
    equal(sorted(covered), list(range(16384)))


@case("every node tells the same slots")
def same_slots():
    answers = [connect(node).execute_command("CLUSTER", "SLOTS") for node in range(len(PORTS))]
    equal(answers, answers[:1] * len(PORTS))


@case("CLUSTER MYID, INFO and NODES")
def facts():
    my_id = plain.execute_command("CLUSTER", "MYID").decode()
    equal(len(my_id), 40)
    info = plain.cluster("INFO")
    equal(info["cluster_state"], "ok")
    equal(info["cluster_slots_assigned"], "16384")
    equal(info["cluster_known_nodes"], str(len(PORTS)))
    nodes_told = plain.cluster("NODES")
    equal(len(nodes_told), len(PORTS))
    equal({int(address.split(":")[1].split("@")[0]) for address in nodes_told}, set(PORTS))
    mine = [node for node in nodes_told.values() if "myself" in node["flags"]]
    equal([node["node_id"] for node in mine], [my_id])
    equal(plain.info("cluster")["cluster_enabled"], 1)
    equal(plain.info("server")["redis_mode"], "cluster")


@case("only database 0")
def one_database():
    equal(plain.execute_command("SELECT", 0), True)
    refused("SELECT is not allowed in cluster mode", plain.execute_command, "SELECT", 1)


@case("errors of CLUSTER")
def errors():
    refused("wrong number of arguments", plain.execute_command, "CLUSTER")
    refused("unknown subcommand", plain.execute_command, "CLUSTER", "NOSUCH")


def flush():
    for node in range(len(PORTS)):
        connect(node).flushall()


main(flush)
