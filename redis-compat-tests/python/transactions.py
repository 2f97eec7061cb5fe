"""MULTI, EXEC, DISCARD, WATCH and UNWATCH, byte by byte and with several connections."""

import concurrent.futures
import itertools

import redis

from compat import case, connect, equal, key, main, raw
from wire import Wire

r = connect()


def tagged(name):
    """Keys of one slot, so that a transaction on them is one."""
    return key("{t}" + name)


numbers = itertools.count()


def says(conversation):
    """A new connection, on keys of its own. Lines "command -> reply"; keys that begin with T are of
    one slot, those with P are not. In replies | ends a line."""
    wire, number = Wire(), next(numbers)
    for line in conversation.strip().splitlines():
        command, reply = (half.strip() for half in line.split("->", 1))
        command = command.replace("T", key("{%d}" % number)).replace("P", key("%d" % number))
        wire.call(command.encode() + b"\r\n", reply.replace("|", "\r\n").encode())


@case("EXEC answers with the replies of what was queued")
def queued():
    says("""multi -> +OK|
            set Ta 1 -> +QUEUED|
            incr Ta -> +QUEUED|
            ping -> +QUEUED|
            get Ta -> +QUEUED|
            exec -> *4|+OK|:2|+PONG|$1|2|
            multi -> +OK|
            exec -> *0|
            multi -> +OK|
            set Ta word -> +QUEUED|
            incr Ta -> +QUEUED|
            append Ta s -> +QUEUED|
            exec -> *3|+OK|-ERR value is not an integer or out of range|:5|""")


@case("commands on several keys within a transaction")
def several_keys():
    says("""multi -> +OK|
            mset Ta 1 Tb 2 -> +QUEUED|
            rename Ta Tc -> +QUEUED|
            mget Ta Tb Tc -> +QUEUED|
            del Tb Tc Td -> +QUEUED|
            exists Tb Tc -> +QUEUED|
            exec -> *5|+OK|+OK|*3|$-1|$1|2|$1|1|:2|:0|
            msetnx Ta 1 Tb 2 -> :1|
            msetnx Tb 3 Tc 4 -> :0|
            exists Tc -> :0|""")


@case("a transaction on keys of any slots")
def any_slots():
    says("""multi -> +OK|
            set Pa 1 -> +QUEUED|
            incr Pb -> +QUEUED|
            echo x -> +QUEUED|
            mget Pa Pb Pc -> +QUEUED|
            exec -> *4|+OK|:1|$1|x|*3|$1|1|$1|1|$-1|""")


@case("SELECT holds for what follows it")
def select():
    says("""multi -> +OK|
            set Ta zero -> +QUEUED|
            select 1 -> +QUEUED|
            set Ta one -> +QUEUED|
            exec -> *3|+OK|+OK|+OK|
            get Ta -> $3|one|
            select 0 -> +OK|
            get Ta -> $4|zero|""")


@case("commands of transactions out of place")
def out_of_place():
    says("""exec -> -ERR EXEC without MULTI|
            discard -> -ERR DISCARD without MULTI|
            multi -> +OK|
            multi -> -ERR MULTI calls can not be nested|
            watch Ta -> -ERR WATCH inside MULTI is not allowed|
            set Ta 1 -> +QUEUED|
            unwatch -> +QUEUED|
            exec -> *2|+OK|+OK|
            multi -> +OK|
            set Ta 2 -> +QUEUED|
            discard -> +OK|
            get Ta -> $1|1|
            multi -> +OK|
            reset -> +RESET|
            exec -> -ERR EXEC without MULTI|""")


@case("what cannot be queued aborts")
def aborts():
    abort = "exec -> -EXECABORT Transaction discarded because of previous errors.|"
    says(f"""multi -> +OK|
             set Ta 1 -> +QUEUED|
             get -> -ERR wrong number of arguments for 'get' command|
             {abort}
             get Ta -> $-1|
             multi -> +OK|
             nosuch x -> -ERR unknown command 'nosuch', with args beginning with: 'x' |
             {abort}
             multi -> +OK|
             watch -> -ERR wrong number of arguments for 'watch' command|
             {abort}""")
    says("""multi -> +OK|
            exec x -> -EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command|
            exec -> -ERR EXEC without MULTI|
            exec x -> -EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command|""")


@case("commands that cannot be part of a transaction")
def not_inside():
    # Of SHUTDOWN the form that would do nothing.
    for command in ("save", "shutdown abort"):
        says(f"""multi -> +OK|
                 set Ta 1 -> +QUEUED|
                 {command} -> -ERR Command not allowed inside a transaction|
                 exec -> -EXECABORT Transaction discarded because of previous errors.|
                 get Ta -> $-1|""")


@case("WATCH sees that a key was written, appeared or went")
def watch():
    says("""set Ta 1 -> +OK|
            watch Ta Tb -> +OK|
            multi -> +OK|
            incr Ta -> +QUEUED|
            exec -> *1|:2|
            watch Ta -> +OK|
            set Ta 2 -> +OK|
            multi -> +OK|
            incr Ta -> +QUEUED|
            exec -> *-1|
            get Ta -> $1|2|
            watch Tn -> +OK|
            set Tn 1 -> +OK|
            multi -> +OK|
            ping -> +QUEUED|
            exec -> *-1|
            watch Tn -> +OK|
            del Tn -> :1|
            multi -> +OK|
            exec -> *-1|
            watch Tn -> +OK|
            del Tn -> :0|
            multi -> +OK|
            exec -> *0|""")


@case("WATCH of keys of other slots")
def watch_elsewhere():
    says("""watch Pa Pb Pc -> +OK|
            multi -> +OK|
            set Pd 1 -> +QUEUED|
            exec -> *1|+OK|
            watch Pa Pb Pc -> +OK|
            set Pb 1 -> +OK|
            multi -> +OK|
            set Pd 2 -> +QUEUED|
            exec -> *-1|
            get Pd -> $1|1|""")


@case("UNWATCH and DISCARD forget what is watched")
def forget():
    says("""watch Ta -> +OK|
            set Ta 1 -> +OK|
            unwatch -> +OK|
            multi -> +OK|
            exec -> *0|
            watch Ta -> +OK|
            set Ta 1 -> +OK|
            multi -> +OK|
            discard -> +OK|
            multi -> +OK|
            exec -> *0|""")


@case("a transaction answers with all replies")
def replies():
    pipe = r.pipeline(transaction=True)
    pipe.set(tagged("r"), 1).incr(tagged("r")).mget(tagged("r"), tagged("none"))
    equal(pipe.execute(), [True, 2, [b"2", None]])


@case("a key that another connection writes ends the transaction")
def conflict():
    other = connect()
    r.set(tagged("a"), 1)
    with r.pipeline(transaction=True) as pipe:
        pipe.watch(tagged("a"))
        equal(pipe.get(tagged("a")), b"1")
        other.set(tagged("a"), 5)
        pipe.multi()
        pipe.set(tagged("a"), 2)
        try:
            pipe.execute()
            raise AssertionError("the transaction was done")
        except redis.WatchError:
            pass
    equal(r.get(tagged("a")), b"5")


@case("counters that are read, watched and written count everything")
def optimistic():
    def count(times):
        own = connect()
        for _ in range(times):
            def step(pipe):
                seen = int(pipe.get(tagged("n")) or 0)
                pipe.multi()
                pipe.set(tagged("n"), seen + 1)
            own.transaction(step, tagged("n"))

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(count, 10) for _ in range(4)]:
            each.result()
    equal(r.get(tagged("n")), b"40")


@case("nobody sees a transaction half done")
def whole():
    def write():
        own = connect()
        for i in range(40):
            own.pipeline(transaction=True).set(tagged("x"), i).set(tagged("y"), i).execute()

    def read():
        own = connect()
        for _ in range(40):
            x, y = own.pipeline(transaction=True).get(tagged("x")).get(tagged("y")).execute()
            equal(x, y)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(work) for work in (write, read, write, read)]:
            each.result()


def calls():
    """Of each command how often it was called, and how often it failed or was rejected."""
    return {name.removeprefix("cmdstat_"): (each["calls"], each["failed_calls"],
                                            each["rejected_calls"])
            for name, each in r.info("commandstats").items() if "config" not in name}


@case("what runs in a transaction counts as if it came by itself")
def counted():
    for a, b in ((tagged("s1"), tagged("s2")), (key("s1"), key("s2"))):
        r.set(a, "word")
        r.config_resetstat()
        pipe = r.pipeline(transaction=True).incr(a).echo("x").get(a).get(b)
        pipe.execute(raise_on_error=False)
        stats = r.info("stats")
        equal(calls(), {"multi": (1, 0, 0), "incrby": (1, 1, 0), "echo": (1, 0, 0),
                        "get": (2, 0, 0), "exec": (1, 0, 0), "info": (1, 0, 0)})
        equal(raw(r, "INFO", "errorstats"), b"# Errorstats\r\nerrorstat_ERR:count=1\r\n")
        equal([stats[name] for name in ("total_error_replies", "keyspace_hits",
                                        "keyspace_misses")], [1, 1, 1])
        equal(stats["total_commands_processed"], 7)  # CONFIG, MULTI, four, EXEC


@case("EXEC that answers with an error counts as a call that failed")
def counted_errors():
    r.config_resetstat()
    says("""exec -> -ERR EXEC without MULTI|
            multi -> +OK|
            watch Ta -> -ERR WATCH inside MULTI is not allowed|
            incr -> -ERR wrong number of arguments for 'incr' command|
            exec -> -EXECABORT Transaction discarded because of previous errors.|
            watch Ta -> +OK|
            set Ta 1 -> +OK|
            multi -> +OK|
            get Ta -> +QUEUED|
            exec -> *-1|""")
    equal(calls(), {"exec": (3, 2, 0), "multi": (2, 0, 0), "watch": (2, 1, 0),
                    "incr": (0, 0, 1), "set": (1, 0, 0)})
    equal(raw(r, "INFO", "errorstats"),
          b"# Errorstats\r\nerrorstat_ERR:count=3\r\nerrorstat_EXECABORT:count=1\r\n")


@case("SLOWLOG has what ran in a transaction, and not EXEC")
def slow():
    for a, b in ((tagged("l1"), tagged("l2")), (key("l1"), key("l2"))):
        r.config_set("slowlog-log-slower-than", 0)
        r.slowlog_reset()
        r.pipeline(transaction=True).set(a, 1).incr(b).execute()
        r.config_set("slowlog-log-slower-than", 10000)
        logged = [entry["command"] for entry in r.slowlog_get(10)]
        expected = [b"SLOWLOG RESET", b"MULTI", f"SET {a} 1".encode(), f"INCRBY {b} 1".encode()]
        equal([line for line in reversed(logged) if b"CONFIG" not in line], expected)


@case("what is pipelined behind EXEC runs after it")
def behind():
    wire = Wire()
    incr = b"incr " + tagged("c").encode() + b"\r\n"
    wire.send(b"multi\r\n" + incr + incr + b"exec\r\n" + incr)
    wire.expect(b"+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n:2\r\n:3\r\n")


main()
