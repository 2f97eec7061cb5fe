"""Django's cache and sessions on Redis with django-redis, unmodified."""

import threading
import time

import django
from django.conf import settings

from compat import HOST, PORTS, PREFIX, case, connect, equal, eventually, key, main


def cache_at(prefix, **options):
    return {"BACKEND": "django_redis.cache.RedisCache", "KEY_PREFIX": prefix,
            "LOCATION": f"redis://{HOST}:{PORTS[0]}/1", "OPTIONS": options}


settings.configure(
    CACHES={"default": cache_at(PREFIX + "d"),
            "compressed": cache_at(
                PREFIX + "c", COMPRESSOR="django_redis.compressors.zlib.ZlibCompressor",
                SERIALIZER="django_redis.serializers.json.JSONSerializer"),
            "herd": cache_at(PREFIX + "h", CLIENT_CLASS="django_redis.client.HerdClient"),
            "shards": {"BACKEND": "django_redis.cache.RedisCache", "KEY_PREFIX": PREFIX + "s",
                       "LOCATION": [f"redis://{HOST}:{PORTS[0]}/{n}" for n in (3, 4)],
                       "OPTIONS": {"CLIENT_CLASS": "django_redis.client.ShardClient"}}},
    INSTALLED_APPS=["django.contrib.sessions"], SECRET_KEY="not very secret",
    SESSION_ENGINE="django.contrib.sessions.backends.cache", USE_TZ=True)
django.setup()

from django.contrib.sessions.backends.cache import SessionStore  # noqa: E402  (needs setup)
from django.core.cache import cache, caches  # noqa: E402
from django.template import Context, Engine  # noqa: E402

r = connect(db=1)


def between(value, low, high):
    equal((low <= value <= high, value), (True, value))


@case("set, get, delete and has_key")
def basics():
    value = {"text": "\u00e4", "list": [1, 2.5, None], "bytes": bytes(range(256))}
    equal(cache.get("k"), None)
    equal(cache.get("k", "default"), "default")
    equal(cache.set("k", value), True)
    equal(cache.get("k"), value)
    equal([cache.has_key("k"), "k" in cache, "none" in cache], [True, True, False])
    equal([cache.delete("k"), cache.delete("k")], [1, 0])


@case("timeouts")
def timeouts():
    cache.set("k", 1, timeout=100)
    between(cache.ttl("k"), 90, 100)
    between(cache.pttl("k"), 90_000, 100_000)
    cache.set("k", 1)
    between(cache.ttl("k"), 290, 300)
    cache.set("k", 1, timeout=None)
    equal([cache.ttl("k"), cache.ttl("none")], [None, 0])
    cache.set("k", 1, timeout=0)
    equal(cache.get("k"), None)
    cache.set("k", 1, timeout=0.03)
    eventually(lambda: cache.get("k"), None)


@case("add, and set with nx or xx")
def add():
    equal([cache.add("once", 1, timeout=100), cache.add("once", 2)], [True, False])
    equal([cache.set("once", 3, nx=True), cache.set("once", 4, xx=True)], [False, True])
    equal([cache.get("once"), cache.set("none", 1, xx=True)], [4, False])


@case("touch, persist and expire")
def touch():
    cache.set("k", 1, timeout=100)
    equal([cache.touch("k", 1000), cache.touch("none", 1)], [True, False])
    between(cache.ttl("k"), 990, 1000)
    equal([cache.persist("k"), cache.ttl("k")], [True, None])
    equal([cache.expire("k", 50), cache.pexpire("k", 50_000)], [True, True])
    between(cache.ttl("k"), 40, 50)
    equal([cache.expire_at("k", 4_102_444_800), cache.pexpire_at("k", 4_102_444_800_000)],
          [True, True])
    equal(cache.touch("k", None), True)
    equal(cache.ttl("k"), None)


@case("get_or_set")
def get_or_set():
    equal(cache.get_or_set("computed", lambda: "value", 100), "value")
    equal(cache.get_or_set("computed", lambda: 1 / 0), "value")


@case("many at once")
def many():
    for number in range(5):
        cache.set(f"m{number}", number)
    equal(cache.get_many(["m0", "none", "m4"]), {"m0": 0, "m4": 4})
    equal(cache.delete_many(["m0", "m1", "none"]), 2)
    equal(cache.get_many([f"m{n}" for n in range(5)]), {"m2": 2, "m3": 3, "m4": 4})


@case("set_many")
def set_many():
    cache.set_many({"s1": 1, "s2": [2], "s3": "three"}, timeout=100)
    equal(cache.get_many(["s1", "s2", "s3"]), {"s1": 1, "s2": [2], "s3": "three"})
    between(cache.ttl("s3"), 90, 100)


@case("incr and decr")
def counters():
    cache.set("n", 1)
    equal([cache.incr("n"), cache.incr("n", 40), cache.decr("n", 2)], [2, 42, 40])


@case("incr of a key that is not there")
def incr_of_none():
    try:
        cache.incr("none")
        raise AssertionError("a key that is not there was incremented")
    except ValueError:
        pass
    equal(cache.incr("new", 5, ignore_key_check=True), 5)
    equal(cache.incr("new", 5, ignore_key_check=True), 10)


@case("versions")
def versions():
    cache.set("v", "one", version=1)
    cache.set("v", "two", version=2)
    equal([cache.get("v"), cache.get("v", version=2)], ["one", "two"])
    cache.delete("v", version=2)
    equal(cache.incr_version("v"), 2)
    equal([cache.get("v"), cache.get("v", version=2)], [None, "one"])


@case("keys, iter_keys and delete_pattern")
def patterns():
    for number in range(120):
        cache.set(f"page:{number}", number)
    equal(len(cache.keys("page:*")), 120)
    equal(len(set(cache.iter_keys("page:*", itersize=20))), 120)
    equal(cache.delete_pattern("page:1?", itersize=10), 10)
    equal(len(cache.keys("page:*")), 110)


@case("JSON, compressed")
def compressed():
    other = caches["compressed"]
    text = "easily compressed " * 50_000
    other.set("k", {"text": text})
    equal(other.get("k"), {"text": text})
    between(r.strlen(other.make_key("k")), 1, 50_000)
    equal(cache.get("k") == {"text": text}, False)


@case("a herd computes once")
def herd():
    other = caches["herd"]
    other.set("k", "value", timeout=100)
    equal(other.get("k"), "value")
    between(other.ttl("k"), 100, 200)
    equal(other.get_many(["k", "none"]), {"k": "value"})


@case("shards")
def shards():
    other = caches["shards"]
    for number in range(40):
        other.set(f"k{number}", number, timeout=100)
    equal(other.get_many([f"k{n}" for n in range(40)]), {f"k{n}": n for n in range(40)})
    equal([connect(db=db).dbsize() > 5 for db in (3, 4)], [True, True])
    equal(other.delete_many([f"k{n}" for n in range(20)]), 20)
    other.clear()
    equal(other.get("k39"), None)


@case("sessions")
def sessions():
    session = SessionStore()
    session["user"] = 7
    session.save()
    again = SessionStore(session.session_key)
    equal([again["user"], again.exists(session.session_key)], [7, True])
    again.cycle_key()
    equal(again.session_key == session.session_key, False)
    equal(SessionStore(session.session_key).load(), {})
    again.set_expiry(100)
    again.save()
    between(cache.ttl(again.cache_key), 90, 100)
    session.create()
    session.flush()
    equal(session.session_key, None)


@case("fragments of templates")
def fragments():
    template = Engine(libraries={"cache": "django.templatetags.cache"}).from_string(
        "{% load cache %}{% cache 100 name user %}hello {{ text }}{% endcache %}")
    equal(template.render(Context({"user": 1, "text": "one"})), "hello one")
    equal(template.render(Context({"user": 1, "text": "two"})), "hello one")
    equal(template.render(Context({"user": 2, "text": "two"})), "hello two")


@case("threads")
def threads():
    def work(number):
        for i in range(20):
            cache.set(f"thread{number}:{i}", i)
            cache.get(f"thread{number}:{i}")

    workers = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    equal(len(cache.keys("thread*")), 160)


@case("a lock")
def lock():
    held = cache.lock("lock", timeout=20)
    equal(held.acquire(blocking=False), True)
    equal(cache.lock("lock").acquire(blocking=False), False)
    begun = time.monotonic()
    held.release()
    with cache.lock("lock", timeout=20, blocking_timeout=10):
        pass
    equal(time.monotonic() - begun < 10, True)


@case("what the cache of Django 4 and later sends")
def of_its_own():
    """Debian's Django is 3.2, which has none of its own: the same calls of redis-py."""
    a, b = key("own:a"), key("own:b")
    pipe = r.pipeline()
    pipe.mset({a: 1, b: b"pickled"})
    pipe.expire(a, 100).expire(b, 100)
    equal(pipe.execute(), [True, True, True])
    equal([r.mget(a, b), r.exists(a), r.incr(a, 41)], [[b"1", b"pickled"], 1, 42])
    between(r.ttl(a), 90, 100)
    equal([r.persist(a), r.expire(b, 50), r.set(b, 2, ex=100, nx=True)], [True, True, None])
    equal([r.set(b, 3, ex=100), r.delete(a, b), r.exists(b)], [True, 2, 0])


@case("clear empties its database alone")
def clear():
    connect(db=2).set(key("other"), 1)
    cache.set("k", 1)
    cache.clear()
    equal([cache.get("k"), r.dbsize(), connect(db=2).get(key("other"))], [None, 0, b"1"])


main()
