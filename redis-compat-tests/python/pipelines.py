"""Many commands on the way at once: pipelines and threads. (transactions.py has those.)"""

import concurrent.futures

import redis

from compat import case, connect, equal, key, main

r = connect()


@case("a pipeline answers in order")
def in_order():
    pipe = r.pipeline(transaction=False)
    pipe.set(key("a"), 1).incr(key("a")).get(key("a")).get(key("none")).delete(key("a"))
    pipe.exists(key("a"))
    equal(pipe.execute(), [True, 2, b"2", None, 1, 0])


@case("a pipeline of 500 sets, then of 500 gets")
def five_hundred():
    pipe = r.pipeline(transaction=False)
    for i in range(500):
        pipe.set(key(f"p:{i}"), f"value {i}")
    equal(pipe.execute(), [True] * 500)
    for i in range(500):
        pipe.get(key(f"p:{i}"))
    equal(pipe.execute(), [f"value {i}".encode() for i in range(500)])


@case("a pipeline of 500 mixed commands")
def mixed():
    pipe = r.pipeline(transaction=False)
    expected = []
    for i in range(1, 101):
        name = key(f"m:{i % 7}")
        pipe.set(name, i).append(name, "0").incr(name).get(name).ttl(name)
        expected += [True, len(str(i)) + 1, i * 10 + 1, str(i * 10 + 1).encode(), -1]
    equal(pipe.execute(), expected)


@case("a pipeline on one hot key keeps the order")
def hot_key():
    pipe = r.pipeline(transaction=False)
    for _ in range(500):
        pipe.incr(key("hot"))
    equal(pipe.execute(), list(range(1, 501)))


@case("an error inside a pipeline is one reply")
def error_inside():
    r.set(key("word"), "x")
    pipe = r.pipeline(transaction=False)
    pipe.set(key("before"), 1).incr(key("word")).execute_command("NOSUCH").set(key("after"), 2)
    first, second, third, fourth = pipe.execute(raise_on_error=False)
    equal([first, fourth], [True, True])
    equal(isinstance(second, redis.ResponseError), True)
    equal(isinstance(third, redis.ResponseError), True)
    equal(r.mget(key("before"), key("after")), [b"1", b"2"])


@case("a pipeline with big values")
def big_values():
    pipe = r.pipeline(transaction=False)
    for i in range(20):
        pipe.set(key(f"big:{i}"), bytes([i]) * 300_000)
    for i in range(20):
        pipe.get(key(f"big:{i}"))
    equal(pipe.execute() == [True] * 20 + [bytes([i]) * 300_000 for i in range(20)], True)


@case("eight threads at once, each with its own keys")
def threads():
    def work(thread):
        mine = connect(thread)
        for i in range(60):
            name = key(f"thread:{thread}:{i}")
            equal(mine.set(name, i), True)
            equal(mine.get(name), str(i).encode())
        return 60

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        equal(sum(pool.map(work, range(8))), 480)


@case("eight threads count together and lose nothing")
def counting_together():
    def work(thread):
        mine = connect(thread)
        return [mine.incr(key("together")) for _ in range(50)]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = [answer for answers in pool.map(work, range(8)) for answer in answers]
    equal(sorted(answers), list(range(1, 401)))
    equal(r.get(key("together")), b"400")


@case("of many setnx on a key exactly one wins")
def one_winner():
    def work(thread):
        mine = connect(thread)
        return [bool(mine.set(key(f"lock:{i}"), thread, nx=True)) for i in range(20)]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        wins = list(pool.map(work, range(8)))
    equal([sum(thread[i] for thread in wins) for i in range(20)], [1] * 20)


main()
