"""The same random commands, told to this server and to a redis-server: the same replies."""

import random

from compat import case, connect, equal, key, main, reference

COMMANDS = 3000
AT_A_TIME = 100


def bit(generator):
    return generator.choice([0, 1, 7, 8, generator.randrange(200), generator.randrange(2000)])


def index(generator):
    return generator.choice([0, -1, generator.randrange(-20, 20), generator.randrange(-500, 500)])


def text(generator):
    return generator.choice([
        b"", b"5", b"-17", b"\x00" * generator.randrange(20), b"\xff" * generator.randrange(20),
        generator.randbytes(generator.randrange(30)), b"ab" * generator.randrange(40)])


def field(generator):
    signed = generator.random() < 0.5
    width = generator.choice([1, 8, generator.randrange(1, 64)]) + (signed and generator.random() < .1)
    offset = generator.choice(["#", ""]) + str(generator.randrange(20))
    return ("i" if signed else "u") + str(width), offset


def number(generator):
    return generator.choice([0, 1, -1, generator.randrange(-300, 300),
                             generator.randrange(-2 ** 63, 2 ** 63), 2 ** 63 - 1, -2 ** 63])


def bitfield(generator):
    words = []
    for _ in range(generator.randrange(5)):
        words += generator.choice([
            lambda: ("GET", *field(generator)),
            lambda: ("SET", *field(generator), number(generator)),
            lambda: ("INCRBY", *field(generator), number(generator)),
            lambda: ("OVERFLOW", generator.choice(["WRAP", "SAT", "FAIL"])),
        ])()
    return words


def command(generator):
    name = key(generator.choice("abc"))
    unit = generator.choice([[], ["BYTE"], ["BIT"]])
    ends = [index(generator), index(generator)]
    return generator.choice([
        lambda: ("SET", name, text(generator)),
        lambda: ("APPEND", name, text(generator)),
        lambda: ("GET", name),
        lambda: ("GETDEL", name) if generator.random() < 0.2 else ("STRLEN", name),
        lambda: ("SETRANGE", name, abs(index(generator)), text(generator)),
        lambda: ("GETRANGE", name, *ends),
        lambda: ("SETBIT", name, bit(generator), generator.randrange(2)),
        lambda: ("GETBIT", name, bit(generator)),
        lambda: ("BITCOUNT", name, *generator.choice([[], ends + unit])),
        lambda: ("BITPOS", name, generator.randrange(2),
                 *generator.choice([[], ends[:1], ends + unit])),
        lambda: ("BITFIELD", name, *bitfield(generator)),
        lambda: ("BITFIELD_RO", name, "GET", *field(generator)),
        lambda: ("INCRBY", name, number(generator)),
        lambda: ("SUBSTR", name, *ends),
    ])()


def replies(client, commands):
    pipeline = client.pipeline(transaction=False)
    for words in commands:
        pipeline.execute_command(*words)
    return [str(reply) for reply in pipeline.execute(raise_on_error=False)]


@case("strings and bits")
def strings_and_bits():
    generator = random.Random(20)
    for _ in range(COMMANDS // AT_A_TIME):
        commands = [command(generator) for _ in range(AT_A_TIME)]
        for words, mine, other in zip(commands, replies(connect(), commands),
                                      replies(reference(db=1), commands)):
            equal((words, mine), (words, other))


main()
