"""Users and passwords as redis-py speaks of them: a password for everybody, users of their own, on
every node, and what becomes of connections whose user changes."""

import contextlib
import secrets
import socket

import redis
from compat import HOST, PORTS, case, connect, equal, eventually, key, main, raw, refused
from wire import Wire

r = connect(decode_responses=True)


@contextlib.contextmanager
def user(**rules):
    """A user for a case: its name. On Kindred all nodes know it."""
    name = "u" + secrets.token_hex(4)
    r.acl_setuser(name, **rules)
    try:
        yield name
    finally:
        r.acl_deluser(name)


@contextlib.contextmanager
def requirepass(password):
    """Everybody needs this password; our own connection has been there before."""
    with connect(decode_responses=True).client() as admin:
        admin.ping()
        admin.config_set("requirepass", password)
        try:
            yield
        finally:
            admin.config_set("requirepass", "")


def error_of(function, *arguments):
    try:
        return f"no error: {function(*arguments)!r}"
    except redis.RedisError as error:
        return str(error)


def knows(node, *login):
    """Whether a node lets somebody in."""
    try:
        return connect(node, username=login[0], password=login[1]).ping()
    except redis.RedisError:
        return False


@case("a password for everybody")
def password_for_everybody():
    with requirepass("correct horse"):
        for node in range(3):
            eventually(lambda node=node: error_of(connect(node).ping),
                       "Authentication required.")
            equal(connect(node, password="correct horse").ping(), True)
            equal(connect(node, username="default", password="correct horse").ping(), True)
            equal("invalid username-password pair or user is disabled"
                  in error_of(connect(node, password="wrong").ping), True)
    for node in range(3):
        eventually(lambda node=node: error_of(connect(node).ping), "no error: True")


@case("a connection from before the password stays")
def connection_from_before():
    with connect().client() as before:
        before.ping()
        with requirepass("x"):
            equal(before.ping(), True)
            with connect().client() as after:
                equal(error_of(after.ping), "Authentication required.")
                equal(after.execute_command("AUTH", "x"), True)
                equal(after.ping(), True)
                equal(after.execute_command("RESET"), "RESET")
                equal(error_of(after.ping), "Authentication required.")


@case("HELLO wants a login, too")
def hello():
    with requirepass("x"):
        with connect().client() as client:
            equal("HELLO must be called with the client already authenticated"
                  in error_of(client.execute_command, "HELLO", 3), True)
            equal("invalid username-password pair" in error_of(
                client.execute_command, "HELLO", 2, "AUTH", "default", "y"), True)
            equal(b"server" in client.execute_command("HELLO", 2, "AUTH", "default", "x"), True)
            equal(client.ping(), True)


@case("strangers may not send much")
def strangers():
    with requirepass("x"):
        for header, answer in (
                (b"*11\r\n", b"-ERR Protocol error: unauthenticated multibulk length\r\n"),
                (b"*2\r\n$4\r\nAUTH\r\n$16385\r\n",
                 b"-ERR Protocol error: unauthenticated bulk length\r\n")):
            with socket.create_connection((HOST, PORTS[0]), timeout=20) as wire:
                wire.sendall(header)
                with wire.makefile("rb") as file:
                    equal(file.readline(), answer)
                    equal(file.read(), b"")


@case("AUTH without a password set")
def auth_without_password():
    refused("AUTH <password> called without any password configured for the default user. Are you "
            "sure your configuration is correct?", r.execute_command, "AUTH", "x")
    equal(r.execute_command("AUTH", "default", "x"), True)
    refused("syntax error", r.execute_command, "AUTH", "a", "b", "c")
    refused("wrong number of arguments for 'auth' command", r.execute_command, "AUTH")


@case("a user on every node")
def on_every_node():
    with user(enabled=True, passwords=["+secret"], categories=["+@all"],
              keys=["*"]) as name:
        for node in range(3):
            eventually(lambda node=node: knows(node, name, "secret"), True)
            equal(knows(node, name, "wrong"), False)
            equal(connect(node, username=name, password="secret",
                          decode_responses=True).acl_whoami(), name)
    for node in range(3):
        eventually(lambda node=node: knows(node, name, "secret"), False)


@case("what a user may do")
def what_a_user_may_do():
    mine = key("mine:")
    with user(enabled=True, nopass=True, categories=["+@read", "+@connection"],
              commands=["+set"], keys=[mine + "*"]) as name:
        client = connect(username=name, password="")
        equal(client.set(mine + "a", "v"), True)
        equal(client.get(mine + "a"), b"v")
        equal(client.mget(mine + "a", mine + "b"), [b"v", None])
        equal("NO" in error_of(client.get, key("other")), False)  # the class says it, not the text
        try:
            client.get(key("other"))
            raise AssertionError("a foreign key could be read")
        except redis.exceptions.NoPermissionError:
            pass
        try:
            client.delete(mine + "a")
            raise AssertionError("DEL was possible")
        except redis.exceptions.NoPermissionError:
            pass
        equal(client.ping(), True)
    r.delete(mine + "a")


@case("rules that change hold for connections that are there")
def rules_change():
    with user(enabled=True, nopass=True, commands=["+get"], keys=["*"]) as name:
        with connect(username=name, password="").client() as client:
            equal(client.get(key("k")), None)
            r.execute_command("ACL", "SETUSER", name, "-get")
            eventually(lambda: "no permissions" in error_of(client.get, key("k")), True)


@case("rules that change hold for what is queued already")
def rules_change_within_a_transaction():
    one, two, three = key("{t}one"), key("{t}two"), key("{t}three")
    no_more = (b"-NOPERM ACLs rules changed between the moment the transaction was accumulated and "
               b"the EXEC call. This command is no longer allowed for the following reason: no "
               b"permission to ")
    for apart in ("", "apart"):  # keys of one slot, and of two
        with user(enabled=True, nopass=True, categories=["+@all"], keys=["*"]) as name:
            r.acl_log_reset()
            wire = Wire()
            wire.call(f"AUTH {name} x\r\n".encode(), b"+OK\r\n")
            wire.call(b"MULTI\r\n", b"+OK\r\n")
            for command in (f"SET {one} 1", f"GET {two}", "PING", f"SET {three}{apart} 1", "ECHO x",
                            f"AUTH {name} x", f"STRLEN {two}"):
                wire.call(command.encode() + b"\r\n", b"+QUEUED\r\n")
            r.config_resetstat()
            r.execute_command("ACL", "SETUSER", name, "-get", "-echo", "resetkeys",
                              "~" + three + "*", "%R~" + two)
            command, keys = b"execute the command or subcommand\r\n", b"touch the specified keys\r\n"
            wire.call(b"EXEC\r\n", b"*7\r\n" + no_more + keys + no_more + command + b"+PONG\r\n" +
                      b"+OK\r\n" + no_more + command + b"+OK\r\n" + b":0\r\n")
            equal(raw(r, "INFO", "errorstats"), "# Errorstats\r\nerrorstat_NOPERM:count=3\r\n")
            equal(r.exists(one), 0)
            equal(r.delete(three + apart), 1)
            entries = r.acl_log()
            equal(sorted((entry["context"], entry["reason"], entry["object"]) for entry in entries),
                  sorted([("multi", "command", "echo"), ("multi", "command", "get"),
                          ("multi", "key", one)]))
            equal({(entry["client-info"]["flags"], entry["client-info"]["multi"])
                   for entry in entries}, {("x", 7)})
    r.acl_log_reset()


@case("where a watched key has changed nothing is denied")
def watch_before_rules():
    one, two = key("{t}one"), key("{t}two")
    for apart in ("", "apart"):  # keys of one slot, and of two
        with user(enabled=True, nopass=True, categories=["+@all"], keys=["*"]) as name:
            r.acl_log_reset()
            wire = Wire()
            wire.call(f"AUTH {name} x\r\n".encode(), b"+OK\r\n")
            wire.call(f"WATCH {one}\r\n".encode(), b"+OK\r\n")
            wire.call(b"MULTI\r\n", b"+OK\r\n")
            for command in (f"GET {one}", f"SET {two}{apart} 1", "ECHO x"):
                wire.call(command.encode() + b"\r\n", b"+QUEUED\r\n")
            r.incr(one)
            r.config_resetstat()
            r.execute_command("ACL", "SETUSER", name, "-get", "-echo")
            wire.call(b"EXEC\r\n", b"*-1\r\n")
            equal(r.acl_log(), [])
            equal(raw(r, "INFO", "errorstats"), "# Errorstats\r\n")


@case("what follows AUTH in a transaction is another user's")
def login_within_a_transaction():
    a, b = key("{t}a"), key("{t}b")
    everything = {"enabled": True, "nopass": True, "categories": ["+@all"], "keys": ["*"]}
    with user(**everything) as first, user(**everything, commands=["-set"]) as second:
        for login in (f"AUTH {second} x", f"HELLO 2 AUTH {second} x"):
            wire = Wire()
            wire.call(f"AUTH {first} x\r\n".encode(), b"+OK\r\n")
            wire.call(b"MULTI\r\n", b"+OK\r\n")
            for command in (f"SET {a} 1", login, f"SET {b} 1"):
                wire.call(command.encode() + b"\r\n", b"+QUEUED\r\n")
            wire.call(b"EXEC\r\n", b"*3\r\n+OK\r\n")
            while not (line := wire.line()).startswith(b"-"):
                pass  # what the login answers
            equal(line.startswith(b"-NOPERM ACLs rules changed "), True)
            equal((r.delete(a), r.exists(b)), (1, 0))


@case("rules that a transaction changes itself")
def own_rules_within_a_transaction():
    with user(enabled=True, nopass=True, categories=["+@all"]) as name:
        wire = Wire()
        wire.call(f"AUTH {name} x\r\n".encode(), b"+OK\r\n")
        wire.call(b"MULTI\r\n", b"+OK\r\n")
        for command in ("ECHO x", f"ACL SETUSER {name} -echo", "ECHO y"):
            wire.call(command.encode() + b"\r\n", b"+QUEUED\r\n")
        wire.call(b"EXEC\r\n", b"*3\r\n$1\r\nx\r\n+OK\r\n-NOPERM ACLs rules changed ")


@case("EXEC that is denied ends the transaction")
def exec_denied():
    aborted = b"-EXECABORT Transaction discarded because of: "
    with user(enabled=True, nopass=True, categories=["+@all"], commands=["-exec"]) as name:
        wire = Wire()
        wire.call(f"AUTH {name} x\r\n".encode(), b"+OK\r\n")
        wire.call(b"MULTI\r\n", b"+OK\r\n")
        for _ in range(2):
            wire.send(b"EXEC\r\n")
            line = wire.line()
            equal((line.startswith(aborted + b"NOPERM "),
                   line.endswith(b" has no permissions to run the 'exec' command")), (True, True))
            wire.call(b"DISCARD\r\n", b"-ERR DISCARD without MULTI\r\n")
    with requirepass("x"):
        Wire().call(b"EXEC\r\n", aborted + b"NOAUTH Authentication required.\r\n")


@case("a deleted user's connections are closed")
def deleted_user():
    with user(enabled=True, nopass=True, commands=["+ping"]) as name:
        connection = connect(username=name, password="").connection_pool.get_connection("_")
        connection.send_command("PING")
        equal(connection.read_response(), b"PONG")
        r.acl_deluser(name)
        try:
            while True:  # Kindred may take a second; what is sent after the end is refused.
                connection.send_command("PING", check_health=False)
                connection.read_response()
        except redis.ConnectionError:
            pass


@case("redis-py reads what the ACL commands say")
def redis_py():
    with user(enabled=True, passwords=["+one", "+two"], commands=["+get"],
              keys=["cache:*"]) as name:
        facts = r.acl_getuser(name)
        equal(sorted(set(facts["flags"]) & {"on", "off", "nopass"}), ["on"])
        equal(len(facts["passwords"]), 2)
        equal(facts["keys"] in ("~cache:*", ["~cache:*"]), True)  # as the library's version has it
        equal(facts["commands"], ["+get"] if isinstance(facts["commands"], list) else "-@all +get")
        equal(name in r.acl_users(), True)
        equal(any(line.startswith(f"user {name} on ") for line in r.acl_list()), True)
    equal(r.acl_getuser("nosuch"), None)
    equal("get" in r.acl_cat("read"), True)
    equal(len(r.acl_genpass()), 64)
    equal(r.acl_whoami(), "default")


@case("the log of what was denied")
def log():
    r.acl_log_reset()
    with user(enabled=True, nopass=True, commands=["+get"], keys=["a"]) as name:
        client = connect(username=name, password="")
        error_of(client.get, "b")
        error_of(client.set, "a", "v")
        error_of(connect(username=name + "x", password="").ping)
        entries = r.acl_log()
        equal([entry["reason"] for entry in entries], ["auth", "command", "key"])
        equal([entry["object"] for entry in entries], ["AUTH", "set", "b"])
        equal([entry["username"] for entry in entries], [name + "x", name, name])
        equal(entries[1]["client-info"]["user"], name)
    r.acl_log_reset()
    equal(r.acl_log(), [])


main()
