"""DUMP and RESTORE: Redis's own payloads, which are the same from Kindred and from Redis."""

import random
import struct
import time

from compat import case, connect, equal, key, main, reference, refused

r = connect()

# What a Redis 7.0 dumps. From the second one on compressed with LZF.
FROM_REDIS = [
    ("0001610a00bffeef9b8f367db4", b"a"),
    ("00c3094046016161e039000161610a0084de5889eb96baa3", b"a" * 70),
    ("00c30c412c017878e0ff00e017000178780a00f033195a8b660d84", b"x" * 300),
    ("00c310405008616263646566676861e03c070167680a000db0c4745d888f3c", b"abcdefgh" * 10),
]


def crc64(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x95AC9329AC4BC9B5 if crc & 1 else 0)
    return crc


def payload(data, version=10):
    data += struct.pack("<H", version)
    return data + struct.pack("<Q", crc64(data))


@case("small values are dumped as Redis does, byte for byte")
def exact():
    for dumped, value in (("00000a005d9b5c400f7fa2da", b""), ("00c0050a00632f5f66832fb351", b"5"),
                          ("00c0ff0a000c937e2485089dc5", b"-1"), FROM_REDIS[0],
                          ("00c180000a00eb7ab3b510cf4b65", b"128"),
                          ("00c2701101000a0001a408fe953095a5", b"70000"),
                          ("000a323134373438333634380a00e7b129a34c1d76ee", b"2147483648")):
        r.set(key("exact"), value)
        equal(r.dump(key("exact")).hex(), dumped)
    equal(r.dump(key("none")), None)


def values():
    generator = random.Random(1)
    return [b"", b"0", b"-128", b"-129", b"007", b"x" * 63, b"y" * 64, b"z" * 16383, b"w" * 16384,
            bytes(range(256)) * 100, generator.randbytes(1_000_000), b"abc" * 500_000]


@case("what is dumped can be restored, here and by a Redis, and the other way")
def round_trip():
    for source, target in ((r, r), (r, reference()), (reference(), r)):
        for value in values():
            source.set(key("from"), value)
            equal(target.restore(key("to"), 0, source.dump(key("from")), replace=True), b"OK")
            equal(target.get(key("to")) == value, True)


@case("payloads of a Redis are restored, also compressed ones")
def from_redis():
    for dumped, value in FROM_REDIS:
        equal(r.restore(key("redis"), 0, bytes.fromhex(dumped), replace=True), b"OK")
        equal(r.get(key("redis")), value)


@case("every encoding of a string")
def encodings():
    for encoded, value in ((b"\x01a", b"a"), (b"\x40\x01a", b"a"), (b"\x80\x00\x00\x00\x01a", b"a"),
                           (b"\x81" + bytes(7) + b"\x01a", b"a"), (b"\xc0\xff", b"-1"),
                           (b"\xc1\x00\x80", b"-32768"), (b"\xc2\x00\x00\x00\x80", b"-2147483648")):
        r.restore(key("encoded"), 0, payload(b"\x00" + encoded), replace=True)
        equal(r.get(key("encoded")), value)


@case("times to live")
def expiry():
    dumped = payload(b"\x00\x01a")
    r.restore(key("ttl"), 0, dumped)
    equal(r.ttl(key("ttl")), -1)
    r.restore(key("ttl"), 100_000, dumped, replace=True)
    equal(99 <= r.ttl(key("ttl")) <= 100, True)
    r.restore(key("ttl"), 4102444800123, dumped, replace=True, absttl=True)
    equal(r.execute_command("PEXPIRETIME", key("ttl")), 4102444800123)
    r.set(key("over"), "old")
    r.restore(key("over"), int(time.time() * 1000) - 1000, dumped, replace=True, absttl=True)
    equal(r.exists(key("over")), 0)


@case("an existing key")
def busy():
    dumped = payload(b"\x00\x01a")
    r.set(key("busy"), "old")
    refused("BUSYKEY Target key name already exists.", r.restore, key("busy"), 0, dumped)
    equal(r.get(key("busy")), b"old")
    r.restore(key("busy"), 0, dumped, replace=True)
    equal(r.get(key("busy")), b"a")


@case("options")
def options():
    dumped = payload(b"\x00\x01a")
    name = key("options")
    equal(r.execute_command("RESTORE", name, 0, dumped, "IDLETIME", 5, "replace"), b"OK")
    equal(r.execute_command("RESTORE", name, 0, dumped, "FREQ", 5, "REPLACE", "ABSTTL"), b"OK")
    refused("syntax error", r.execute_command, "RESTORE", name, 0, dumped, "NOSUCH")
    refused("syntax error", r.execute_command, "RESTORE", name, 0, dumped, "IDLETIME")
    refused("syntax error", r.execute_command, "RESTORE", name, 0, dumped, "FREQ", 1, "IDLETIME", 1)
    refused("Invalid FREQ value, must be >= 0 and <= 255", r.execute_command, "RESTORE", name, 0,
            dumped, "FREQ", 256)
    refused("Invalid IDLETIME value, must be >= 0", r.execute_command, "RESTORE", name, 0, dumped,
            "IDLETIME", -1)
    refused("Invalid TTL value, must be >= 0", r.execute_command, "RESTORE", name, -1, dumped,
            "REPLACE")
    refused("value is not an integer or out of range", r.execute_command, "RESTORE", name, "x",
            dumped, "REPLACE")


@case("damaged payloads")
def damaged():
    name = key("damaged")
    dumped = payload(b"\x00\x05hello")
    for at in range(len(dumped)):
        wrong = bytearray(dumped)
        wrong[at] ^= 0x10
        refused("DUMP payload version or checksum are wrong", r.restore, name, 0, bytes(wrong))
    for wrong in (b"", b"123456789", payload(b"\x00\x01a", version=100)):
        refused("DUMP payload version or checksum are wrong", r.restore, name, 0, wrong)
    for wrong in (b"\x00\x20abc", b"\x00\xc4a", b"\xff\x01a", b"\x00\xc3\x02\x04abc"):
        refused("Bad data format", r.restore, name, 0, payload(wrong))
    equal(r.exists(name), 0)
    equal(r.ping(), True)


main()
