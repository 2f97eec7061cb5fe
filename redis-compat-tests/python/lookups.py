"""keyspace_hits and keyspace_misses: each command counts as it does in Redis."""

import time

import redis

from compat import case, connect, equal, key, main, raw, reference

r = connect()
its_reference = reference()

# K is the key in question, N one that is not there. What Redis 7.2 checks in another order than 7.0
# does (the arguments of BITCOUNT and BITPOS) is not here.
COMMANDS = [line.split() for line in """
    GET K
    MGET K
    MGET K N K
    STRLEN K
    GETRANGE K 0 -1
    GETRANGE K x 1
    SUBSTR K 0 -1
    EXISTS K
    EXISTS K N K
    TOUCH K N
    TYPE K
    TTL K
    PTTL K
    EXPIRETIME K
    PEXPIRETIME K
    DUMP K
    OBJECT ENCODING K
    OBJECT FREQ K
    OBJECT IDLETIME K
    OBJECT REFCOUNT K
    MEMORY USAGE K
    GETBIT K 1
    GETBIT K x
    BITCOUNT K
    BITCOUNT K 0 -1
    BITPOS K 1
    BITPOS K 2
    BITFIELD_RO K GET u8 0
    BITFIELD K GET u8 0
    BITFIELD K
    BITFIELD K SET u8 0 1
    BITFIELD K GET u8 0 SET u8 0 1
    BITFIELD K nonsense
    BITOP AND N K
    BITOP OR N K K
    BITOP NOT N K
    BITOP AND K N N
    BITOP nonsense N K
    LCS K K
    LCS K N LEN
    LCS N K IDX
    LCS K N nonsense
    COPY K N
    COPY N K
    COPY K N REPLACE DB 1
    COPY K N nonsense
    RENAME K N
    RENAMENX K N
    GETSET K v
    GETDEL K
    GETEX K
    GETEX K EX 100
    GETEX K PERSIST
    GETEX K EX 0
    GETEX K nonsense
    SET K v
    SET K v NX
    SET K v XX
    SET K v GET
    SET K v NX GET
    SET K v XX GET
    SET K v EX 0 GET
    SETNX K v
    SETEX K 100 v
    MSET K v N v
    MSETNX K v
    APPEND K v
    SETRANGE K 1 v
    SETBIT K 1 1
    INCR K
    INCRBYFLOAT K 1
    EXPIRE K 100
    EXPIREAT K 1
    PERSIST K
    DEL K N
    UNLINK K
    SCAN 0
    KEYS *
    RANDOMKEY
    DBSIZE
    WATCH K
    UNWATCH
""".strip().splitlines()]


def there(client, name):
    client.set(name, 12)


def missing(client, name):
    client.delete(name)


def expired(client, name):
    client.set(name, 12, px=1)
    time.sleep(0.01)


def lookups(client):
    stats = client.info("stats")
    return stats["keyspace_hits"], stats["keyspace_misses"]


def counted(client, command, prepare, names):
    """The hits and misses of one command."""
    client.delete(names["N"])
    prepare(client, names["K"])
    client.config_resetstat()
    raw(client, *(names.get(word, word) for word in command))
    return lookups(client)


def same_for_each(prepare):
    for names in ({"K": key("{t}k"), "N": key("{t}n")}, {"K": key("k"), "N": key("n")}):
        for command in COMMANDS:
            equal((command, counted(r, command, prepare, names)),
                  (command, counted(its_reference, command, prepare, names)))


@case("on a key that is there")
def on_a_key():
    same_for_each(there)


@case("on a key that is missing")
def on_no_key():
    same_for_each(missing)


@case("on a key that has expired")
def on_an_expired_key():
    same_for_each(expired)


def counted_together(client, prepare, names):
    """The hits and misses of all commands that change nothing, in one transaction."""
    client.delete(names["N"])
    prepare(client, names["K"])
    client.config_resetstat()
    for command in [["MULTI"], *COMMANDS[:COMMANDS.index(["BITFIELD", "K"])], ["EXEC"]]:
        raw(client, *(names.get(word, word) for word in command))
    return lookups(client)


@case("in a transaction")
def in_a_transaction():
    for names in ({"K": key("{t}k"), "N": key("{t}n")}, {"K": key("k"), "N": key("n")}):
        for prepare in (there, missing, expired):
            equal(counted_together(r, prepare, names),
                  counted_together(its_reference, prepare, names))


@case("not where a watched key has changed")
def not_where_watched():
    r.set(key("w"), 1)
    with r.pipeline(transaction=True) as pipe:
        pipe.watch(key("w"))
        r.set(key("w"), 2)
        r.config_resetstat()
        pipe.multi()
        pipe.get(key("w"))
        try:
            raise AssertionError(f"EXEC ran: {pipe.execute()}")
        except redis.WatchError:
            pass
    equal(lookups(r), (0, 0))


main()
