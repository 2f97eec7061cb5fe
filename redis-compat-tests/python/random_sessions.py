"""Random sessions, in RESP2 and RESP3, with right and wrong arguments, in transactions and outside:
this server says what a redis-server says."""

import random
import time

from compat import PREFIX, REFERENCE_PORT, case, equal, main
from wire import Wire, frame

SESSIONS = 150
COMMANDS = 60
# Replies that depend on when they were asked for may differ by so much.
TOLERANCE_MS = 5000
TIMES = (b"TTL", b"PTTL", b"EXPIRETIME", b"PEXPIRETIME")
WORDS = [b"NX", b"XX", b"GET", b"EX", b"0", b"-1", b"", b"x", b"DB", b"IDX", b"LEN", b"KEEPTTL",
         b"9223372036854775807", b"99999999999999999999", b"1.0", b"\xff\x00"]


class Session:
    """Draws commands; all from one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.keys = [b"%s%d{t}%s" % (PREFIX.encode(), seed, name)
                     for name in (b"a", b"b", b"c", b"")]
        self.seconds = random.Random(seed).sample(range(10_000, 1_000_000, 100), 500)

    def pick(self, *choices):
        return self.random.choice(choices)

    def key(self):
        return self.random.choice(self.keys)

    # Times are far enough apart that it makes no difference how fast the commands come.
    def life_s(self):
        return self.pick(0, -1, "x", "9223372036854775807", *[self.seconds.pop()] * 6)

    def life_ms(self):
        return self.pick(0, -1, "x", *[self.seconds.pop() * 1000] * 5)

    def at_s(self):
        return self.pick(1, -1, "", *[int(time.time()) + self.seconds.pop()] * 5)

    def at_ms(self):
        return self.pick(1, -1, "", *[(int(time.time()) + self.seconds.pop()) * 1000] * 5)

    def number(self):
        return self.pick(0, 1, -1, 10, self.random.randrange(-500, 500), 2 ** 63 - 1, -2 ** 63,
                         2 ** 63, "1.5", "+1", "01", "", " 1", "1e3", "nan", "inf", "0x10")

    def text(self):
        return self.pick("", "5", "-17", "3.0e3", "hello world", "ohmytext", "mynewtext", "x" * 44,
                         "9223372036854775807", " 5", self.random.randbytes(20))

    def options(self, *choices):
        drawn = self.random.sample(choices, min(len(choices), self.pick(0, 1, 1, 2, 3)))
        return [word for option in drawn for word in option()]

    def expiry_options(self):
        return self.options(lambda: ["NX"], lambda: ["XX"], lambda: ["GT"], lambda: ["LT"])

    def lives(self):
        return (lambda: ["EX", self.life_s()], lambda: ["PX", self.life_ms()],
                lambda: ["EXAT", self.at_s()], lambda: ["PXAT", self.at_ms()])

    def string_command(self):
        key, other = self.key(), self.key()
        return self.pick(
            lambda: ["GET", key], lambda: ["GETDEL", key], lambda: ["STRLEN", key],
            lambda: ["SET", key, self.text(), *self.options(
                *self.lives(), lambda: ["NX"], lambda: ["XX"], lambda: ["GET"],
                lambda: ["KEEPTTL"])],
            lambda: ["SET", key, self.text()], lambda: ["SETNX", key, self.text()],
            lambda: ["SETEX", key, self.life_s(), self.text()],
            lambda: ["PSETEX", key, self.life_ms(), self.text()],
            lambda: ["GETSET", key, self.text()], lambda: ["APPEND", key, self.text()],
            lambda: ["GETEX", key, *self.options(*self.lives(), lambda: ["PERSIST"])],
            lambda: ["MGET", key, other], lambda: ["MSET", key, self.text(), other, self.text()],
            lambda: ["MSETNX", key, self.text(), other, self.text()],
            lambda: ["INCR", key], lambda: ["INCRBY", key, self.number()],
            lambda: ["DECRBY", key, self.number()],
            lambda: ["INCRBYFLOAT", key, self.pick(self.number(), "0.1", "1e400", "-2.5e-3")],
            lambda: ["LCS", key, other, *self.options(
                lambda: ["LEN"], lambda: ["IDX"], lambda: ["WITHMATCHLEN"],
                lambda: ["MINMATCHLEN", self.number()])])()

    def key_command(self):
        key, other = self.key(), self.key()
        return self.pick(
            lambda: ["DEL", key, other], lambda: ["EXISTS", key, other], lambda: ["TYPE", key],
            lambda: ["EXPIRE", key, self.life_s(), *self.expiry_options()],
            lambda: ["PEXPIRE", key, self.life_ms(), *self.expiry_options()],
            lambda: ["EXPIREAT", key, self.at_s(), *self.expiry_options()],
            lambda: ["PEXPIREAT", key, self.at_ms(), *self.expiry_options()],
            lambda: [self.random.choice(TIMES), key], lambda: ["PERSIST", key],
            lambda: ["RENAME", key, other], lambda: ["RENAMENX", key, other],
            lambda: ["COPY", key, other, *self.options(
                lambda: ["REPLACE"], lambda: ["DB", self.pick(0, 1, 16, "x")])],
            lambda: ["BITOP", self.pick("AND", "XOR", "NOT", "x"), key, other, self.key()],
            lambda: ["OBJECT", self.pick("FREQ", "NOSUCH"), key],
            lambda: ["RESTORE", key, 0, self.pick(b"", b"x" * 12), "REPLACE"])()

    def session_command(self):
        return self.pick(
            lambda: ["MULTI"], lambda: ["EXEC"], lambda: ["EXEC"], lambda: ["DISCARD"],
            lambda: ["WATCH", self.key()], lambda: ["UNWATCH"], lambda: ["RESET"],
            lambda: ["SELECT", self.pick(0, 0, 0, 1, 16, "x")], lambda: ["PING", self.text()],
            lambda: ["ECHO", self.text()], lambda: ["NOSUCH", self.text(), self.text()],
            lambda: ["CLIENT", "SETNAME", self.pick("name", "two words")],
            lambda: ["CLIENT", "GETNAME"], lambda: ["CLIENT", "NOSUCH"])()

    def command(self):
        words = self.random.choices(
            [self.string_command, self.key_command, self.session_command], [5, 4, 2])[0]()
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        # MSETNX takes keys of one slot only.
        if self.random.random() < 0.1 and words[0] != b"MSETNX":
            words.insert(self.random.randrange(1, len(words) + 1), self.random.choice(WORDS))
        elif self.random.random() < 0.05 and len(words) > 1:
            del words[-1]
        if self.random.random() < 0.2:
            words[0] = words[0].swapcase()
        return words


def alike(mine, other):
    """Whether two replies are the same, but for the moment at which they were made."""
    if mine == other:
        return True
    if mine[0] != other[0]:
        return False
    if isinstance(mine[1], list):
        return len(mine[1]) == len(other[1]) and all(map(alike, mine[1], other[1]))
    if mine[0] != b":":
        return False
    numbers = int(mine[1]), int(other[1])
    return min(numbers) > 3 and max(numbers) - min(numbers) <= TOLERANCE_MS


def replies(wire, session, protocol, commands):
    # The reference is compared with itself, so what it has of the session goes first; also keys
    # that a word in a wrong place has become.
    before = [words for database in (b"1", b"0")
              for words in ((b"SELECT", database), (b"DEL", *session.keys, *WORDS))]
    before.append((b"HELLO", protocol))
    wire.send(b"".join(frame(*words) for words in before + commands))
    return [wire.reply() for _ in before + commands][len(before):]


@case("the same replies")
def same_replies():
    for seed in range(SESSIONS):
        session = Session(seed)
        commands = [session.command() for _ in range(COMMANDS)]
        protocol = session.pick(b"2", b"3")
        mine = replies(Wire(), session, protocol, commands)
        others = replies(Wire("127.0.0.1", REFERENCE_PORT), session, protocol, commands)
        for i, (own, other) in enumerate(zip(mine, others)):
            if not alike(own, other):
                equal((own, seed, commands[max(0, i - 3):i + 1]), (other, seed, i))


main()
