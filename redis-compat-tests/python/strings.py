"""Strings and counters as redis-py speaks of them."""

from compat import case, connect, equal, key, main, refused

r = connect()
text = connect(decode_responses=True)


@case("ping, echo, info, time")
def server():
    equal(r.ping(), True)
    equal(r.echo(b"\x00\xff"), b"\x00\xff")
    equal(r.info()["redis_version"].split(".")[0], "7")
    equal(r.info("server")["redis_mode"], "standalone")
    equal(len(r.time()), 2)
    equal(r.config_get("databases"), {"databases": "16"})
    equal(r.command_count() > 50, True)
    equal(r.command()["get"]["arity"], 2)


@case("client id, name, info")
def connection_facts():
    one = connect(client_name="some-name")
    equal(one.client_getname(), "some-name")
    with one.client() as same_connection:
        equal(int(same_connection.client_info()["id"]), same_connection.client_id())
    equal(int(connect(db=3).client_info()["db"]), 3)


@case("set and get")
def set_and_get():
    equal(r.get(key("k")), None)
    equal(r.set(key("k"), "v"), True)
    equal(r.get(key("k")), b"v")
    equal(text.get(key("k")), "v")
    r[key("item")] = 5
    equal(r[key("item")], b"5")
    equal(key("item") in r, True)
    del r[key("item")]
    equal(key("item") in r, False)


@case("all options of set")
def set_options():
    name = key("options")
    equal(r.set(name, 1, xx=True), None)
    equal(r.set(name, 1, nx=True), True)
    equal(r.set(name, 2, nx=True), None)
    equal(r.set(name, 2, xx=True, get=True), b"1")
    equal(r.set(name, 3, ex=100), True)
    equal(99 <= r.ttl(name) <= 100, True)
    equal(r.set(name, 4, keepttl=True), True)
    equal(99 <= r.ttl(name) <= 100, True)
    equal(r.set(name, 5, px=100_000), True)
    equal(99_000 < r.pttl(name) <= 100_000, True)
    equal(r.set(name, 6, exat=4102444800), True)
    equal(r.execute_command("EXPIRETIME", name), 4102444800)
    equal(r.set(name, 7, pxat=4102444800123), True)
    equal(r.execute_command("PEXPIRETIME", name), 4102444800123)
    refused("syntax error", r.execute_command, "SET", name, 1, "NX", "XX")


@case("setnx, setex, psetex, getset, getdel, getex")
def variants():
    name = key("variants")
    equal(r.setnx(name, "a"), True)
    equal(r.setnx(name, "b"), False)
    equal(r.setex(name, 100, "c"), True)
    equal(r.psetex(name, 100_000, "d"), True)
    equal(r.getset(name, "e"), b"d")
    equal(r.getex(name, ex=100), b"e")
    equal(99 <= r.ttl(name) <= 100, True)
    equal(r.getex(name, persist=True), b"e")
    equal(r.ttl(name), -1)
    equal(r.getdel(name), b"e")
    equal(r.getdel(name), None)


@case("mget, mset, delete, unlink, exists")
def several_keys():
    names = [key(f"many:{i}") for i in range(100)]
    equal(r.mset({name: i for i, name in enumerate(names)}), True)
    equal(r.mget(names), [str(i).encode() for i in range(100)])
    equal(r.mget(key("none"), names[7]), [None, b"7"])
    equal(r.exists(*names, names[0]), 101)
    equal(r.delete(*names[:50]), 50)
    equal(r.unlink(*names), 50)
    equal(r.exists(*names), 0)


@case("counters")
def counters():
    equal(r.incr(key("n")), 1)
    equal(r.incr(key("n"), 9), 10)
    equal(r.decr(key("n")), 9)
    equal(r.decrby(key("n"), 10), -1)
    equal(r.incrbyfloat(key("f"), 0.5), 0.5)
    equal(r.incrbyfloat(key("f"), 1.25), 1.75)
    r.set(key("word"), "x")
    refused("value is not an integer or out of range", r.incr, key("word"))
    refused("value is not a valid float", r.incrbyfloat, key("word"), 1)


@case("append, strlen, type")
def append():
    equal(r.append(key("s"), "Hello"), 5)
    equal(r.append(key("s"), b"\x00World"), 11)
    equal(r.strlen(key("s")), 11)
    equal(r.type(key("s")), b"string")
    equal(r.type(key("none")), b"none")


@case("binary keys and values")
def binary():
    every_byte = bytes(range(256))
    name = key("").encode() + every_byte
    equal(r.set(name, every_byte * 10), True)
    equal(r.get(name), every_byte * 10)
    equal(name in r.keys(), True)
    equal(r.mget(name, name + b"\x00"), [every_byte * 10, None])
    equal(r.delete(name), 1)


@case("text that is not ASCII")
def unicode_text():
    equal(text.set(key("grüße"), "žluťoučký 日本"), True)
    equal(text.get(key("grüße")), "žluťoučký 日本")
    equal(r.get(key("grüße")), "žluťoučký 日本".encode())


@case("a value of 5 MB")
def big_value():
    value = bytes(range(256)) * (5 * 4096)
    equal(r.set(key("big"), value), True)
    equal(r.strlen(key("big")), len(value))
    equal(r.get(key("big")) == value, True)
    equal(r.append(key("big"), b"end"), len(value) + 3)
    equal(r.getset(key("big"), "small") == value + b"end", True)
    equal(r.get(key("big")), b"small")


@case("sixteen databases")
def databases():
    for db in range(16):
        connect(db=db).set(key("db"), db)
    for db in range(16):
        equal(connect(db=db).getdel(key("db")), str(db).encode())
    refused("DB index is out of range", connect().execute_command, "SELECT", 16)


@case("another node has what this one was told")
def other_nodes():
    for node in range(3):
        equal(connect(node).set(key("told"), node), True)
        for reader in range(3):
            equal(connect(reader).get(key("told")), str(node).encode())
    equal([connect(node).incr(key("shared")) for node in range(6)], [1, 2, 3, 4, 5, 6])


@case("error replies")
def errors():
    refused("unknown command 'NOSUCH'", r.execute_command, "NOSUCH", "a")
    refused("wrong number of arguments for 'get' command", r.execute_command, "GET")
    refused("invalid expire time in 'setex' command", r.setex, key("k"), 0, "v")
    equal(r.ping(), True)


main()
