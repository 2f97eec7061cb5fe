"""What COMMAND tells of the commands that both have is what a redis-server tells."""

from compat import case, connect, equal, main, raw, reference

ours = connect(decode_responses=True)
theirs = reference(decode_responses=True)

# Where Redis 7.2, which Kindred follows, says something else than the reference, which is 7.0.
EXPECTED = {
    "command|getkeys arity", "command|getkeys arguments",
    "command|getkeysandflags arity", "command|getkeysandflags arguments",
    "bitop arguments", "client|kill arguments", "client|list arguments", "config|get arguments",
    "client|pause since", "cluster|getkeysinslot complexity", "cluster|replicas complexity",
    "cluster|slaves complexity", "module|loadex arguments", "replicaof arguments",
    "slaveof arguments", "wait flags",
    "psetex deprecated", "quit deprecated", "setex deprecated", "setnx deprecated",
    "acl|deluser tips", "acl|save tips", "acl|setuser tips", "client|setname tips",
    "config|resetstat tips", "config|rewrite tips", "latency|reset tips", "msetnx tips",
    # IFEQ is Valkey's.
    "set arguments",
}
# Subcommands that only one of them has: Redis 7.2 has some more, and Kindred has no client-side
# caching.
ONLY_ONE_HAS = {"client|no-touch", "client|setinfo", "cluster|myshardid",
                "client|caching", "client|tracking"}


def names(client):
    return set(raw(client, "COMMAND", "LIST"))


def pairs(flat):
    return {flat[i]: flat[i + 1] for i in range(0, len(flat), 2)}


def key_spec(flat):
    spec = pairs(flat)
    spec["flags"] = sorted(spec["flags"])
    for step in ("begin_search", "find_keys"):
        spec[step] = pairs(spec[step])
        spec[step]["spec"] = pairs(spec[step]["spec"])
    return spec


def info(client, name):
    reply = raw(client, "COMMAND", "INFO", name)[0]
    return {"name": reply[0], "arity": reply[1], "flags": sorted(reply[2]), "positions": reply[3:6],
            "categories": sorted(reply[6]), "tips": sorted(reply[7]),
            "key specs": [key_spec(flat) for flat in reply[8]],
            "subcommands": sorted({row[0] for row in reply[9]} - ONLY_ONE_HAS)}


def skeleton(arguments):
    """Arguments without their names, which Redis changes from version to version."""
    found = []
    for argument in map(pairs, arguments):
        found.append([argument["type"], argument.get("token"), argument.get("key_spec_index"),
                      sorted(argument.get("flags", [])), skeleton(argument.get("arguments", []))])
    return found


def docs(client, name):
    found = pairs(pairs(raw(client, "COMMAND", "DOCS", name))[name])
    return {"since": found["since"], "group": found["group"],
            "complexity": found.get("complexity"),
            "deprecated": [found.get(field) for field in
                           ("doc_flags", "deprecated_since", "replaced_by")],
            "arguments": skeleton(found.get("arguments", []))}


def expect_the_same(facts):
    wrong = []
    for name in sorted(names(ours) & names(theirs)):
        mine, other = facts(ours, name), facts(theirs, name)
        wrong += [f"{name} {field}: {mine[field]!r} instead of {other[field]!r}" for field in mine
                  if mine[field] != other[field] and f"{name} {field}" not in EXPECTED]
    equal("\n".join(wrong), "")


def expect_the_same_replies(commands):
    wrong = []
    for command in commands:
        mine, other = raw(ours, *command), raw(theirs, *command)
        if mine != other:
            wrong.append(f"{' '.join(command)}: {mine!r} instead of {other!r}")
    equal("\n".join(wrong), "")


def getkeys(*command):
    return [("COMMAND", "GETKEYS", *command), ("COMMAND", "GETKEYSANDFLAGS", *command)]


@case("both have the strings and the keys")
def both():
    wanted = set("""append bitcount bitfield bitfield_ro bitop bitpos copy decr decrby del dump exists
        expire expireat expiretime get getbit getdel getex getrange getset incr incrby incrbyfloat
        lcs memory|usage mget mset msetnx object|encoding object|freq object|help object|idletime
        object|refcount persist pexpire pexpireat pexpiretime psetex pttl rename renamenx restore set
        setbit setex setnx setrange strlen substr touch ttl type unlink""".split())
    equal(sorted(wanted - names(ours)), [])
    equal(sorted(wanted - names(theirs)), [])


@case("COMMAND INFO: arity, flags, keys, categories, tips, key specifications, subcommands")
def command_info():
    expect_the_same(info)


@case("COMMAND DOCS: since, group, complexity, and the arguments but for their names")
def command_docs():
    expect_the_same(docs)


@case("COMMAND GETKEYS of every command with one to five arguments")
def keys_by_number():
    commands = []
    for name in sorted(names(ours) & names(theirs)):
        words = name.split("|")
        commands += [command for more in range(1, 6) if len(words) + more > 1
                     for command in getkeys(*words, *(f"w{i}" for i in range(more)))]
    expect_the_same_replies(commands)


@case("COMMAND GETKEYS where the arguments matter")
def keys_by_options():
    lines = """SET k v NX
        SET k v EX 10 GET
        set k v get xx
        BITFIELD k GET u8 0
        BITFIELD k GET u8 0 OVERFLOW SAT GET i5 3
        BITFIELD k GET u8 0 SET u8 0 1
        BITFIELD k OVERFLOW FAIL INCRBY u8 0 1
        BITFIELD k GET u8
        BITOP AND d a b c
        BITOP AND d
        COPY a b DB 3 REPLACE
        LCS a b LEN
        MSET a 1 b 2 c
        MSETNX a 1 b
        OBJECT ENCODING k
        OBJECT NOSUCH k
        MEMORY USAGE k SAMPLES 5
        RESTORE k 0 payload REPLACE
        GETEX k EX 5
        GET a b
        PING a
        SCAN 0 MATCH x
        CLIENT ID
        CLIENT NOSUCH
        CONFIG GET a
        NOSUCH a b""".splitlines()
    expect_the_same_replies(command for line in lines for command in getkeys(*line.split()))


@case("COMMAND LIST FILTERBY ACLCAT")
def categories():
    both_have = names(ours) & names(theirs)
    for category in ("keyspace read write string bitmap admin fast slow dangerous connection "
                     "transaction blocking").split():
        mine, other = (set(raw(client, "COMMAND", "LIST", "FILTERBY", "ACLCAT", category)) & both_have
                       for client in (ours, theirs))
        equal((category, sorted(mine ^ other)), (category, []))


@case("HELP but for its last line")
def help_texts():
    for name in ("COMMAND", "OBJECT"):
        equal(raw(ours, name, "HELP")[:-1], raw(theirs, name, "HELP")[:-1])


main()
