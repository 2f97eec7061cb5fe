# redis-rb, Ruby's client: replies as Ruby's values, pipelines, transactions, connections.

require_relative "compat"

r = connect
r.flushall

test("set and get, any bytes") do
  equal(r.set(key("k"), "text \u00e4"), "OK")
  equal(r.get(key("k")).force_encoding("UTF-8"), "text \u00e4")
  equal(r.set(key("b") + EACH_BYTE, EACH_BYTE), "OK")
  equal(r.get(key("b") + EACH_BYTE).b, EACH_BYTE)
  equal(r.get(key("none")), nil)
end

test("the options of SET") do
  k = key("options")
  equal(r.set(k, 1, nx: true, ex: 100), true)
  equal(r.set(k, 2, nx: true), false)
  equal(r.set(k, 3, xx: true, keepttl: true), true)
  between(r.ttl(k), 90, 100)
  equal(r.set(k, 4, get: true), "3")
  equal(r.ttl(k), -1)
  equal(r.set(key("none"), 1, xx: true), false)
  r.set(k, 5, pxat: 4_102_444_800_000)
  equal(r.call("PEXPIRETIME", k), 4_102_444_800_000)
end

test("counters") do
  k = key("counter")
  equal([r.incr(k), r.incrby(k, 41), r.decr(k), r.decrby(k, 1)], [1, 42, 41, 40])
  equal(r.incrbyfloat(k, 1.5), 41.5)
  refused("ERR value is not an integer or out of range") { r.incr(k) }
end

test("parts of strings") do
  k = key("string")
  equal([r.append(k, "hello"), r.strlen(k), r.getrange(k, 1, -2)], [5, 5, "ell"])
  equal(r.setrange(k, 4, "p!"), 6)
  equal([r.setbit(k, 7, 1), r.getbit(k, 7), r.bitcount(k, 0, 0)], [0, 1, 4])
  equal([r.getset(k, "x"), r.getdel(k), r.exists?(k)], ["iellp!", "x", false])
end

test("many keys") do
  a, b, none = key("a"), key("b"), key("no-a")
  equal(r.mset(a, 1, b, 2), "OK")
  equal(r.mget(a, none, b), ["1", nil, "2"])
  equal(r.mapped_mget(a, b), {a => "1", b => "2"})
  equal(r.mapped_mset({a => "3"}), "OK")
  equal([r.exists(a, b, none), r.exists?(a), r.del(a), r.unlink(b, none)], [2, true, 1, 1])
end

test("expiry") do
  k = key("expiring")
  r.setex(k, 100, "v")
  equal([r.expire(k, 50), r.persist(k), r.ttl(k), r.pttl(key("none"))], [true, true, -1, -2])
  equal(r.pexpireat(k, 4_102_444_800_000), true)
  equal(r.getex(k, persist: true), "v")
  equal(r.psetex(k, 30, "v"), "OK")
  eventually(nil) { r.get(k) }
end

test("keys and scans") do
  names = (1..300).map { |n| key("scan:#{n}") }.sort
  r.pipelined { |pipe| names.each { |name| pipe.set(name, 1) } }
  equal(r.scan_each(match: key("scan:*"), count: 70).to_a.uniq.sort, names)
  equal(r.keys(key("scan:*")).sort, names)
  equal(r.type(names.first), "string")
  equal(names.size, r.del(names))
end

test("pipelines") do
  k = key("pipe")
  futures = nil
  replies = r.pipelined { |pipe| futures = [pipe.set(k, 1), pipe.incr(k), pipe.get(k)] }
  equal(replies, ["OK", 2, "2"])
  equal(futures.map(&:value), ["OK", 2, "2"])
  equal(r.pipelined { |pipe| 5000.times { pipe.incr(k) } }, (3..5002).to_a)
end

test("an error inside a pipeline") do
  k = key("word")
  refused("ERR value is not an integer") do
    r.pipelined { |pipe| pipe.set(k, "x"); pipe.incr(k); pipe.append(k, "y") }
  end
  equal(r.get(k), "xy")
end

test("transactions") do
  k = key("multi")
  equal(r.multi { |multi| multi.set(k, 1); multi.incr(k); multi.get(k) }, ["OK", 2, "2"])
end

test("a watched key") do
  k = key("watched")
  other = connect
  r.watch(k) do
    other.set(k, "theirs")
    equal(r.multi { |multi| multi.set(k, "ours") }, nil)
  end
  equal(r.get(k), "theirs")
  r.watch(k) { equal(r.multi { |multi| multi.set(k, "ours") }, ["OK"]) }
  equal(r.get(k), "ours")
  other.close
end

test("databases and names") do
  other = connect(db: 5, id: "somebody")
  other.set(key("k5"), "five")
  equal([r.exists?(key("k5")), other.get(key("k5")), other.dbsize], [false, "five", 1])
  other.flushdb
  equal(other.dbsize, 0)
  other.close
end

test("what the server says of itself") do
  equal(r.ping, "PONG")
  equal(r.echo("hello"), "hello")
  equal(r.info["redis_mode"], "standalone")
  equal(r.info("server")["redis_version"].to_i, 7)
  equal(r.config(:get, "databases"), {"databases" => "16"})
  between(r.time.first, Time.now.to_i - 60, Time.now.to_i + 60)
end

test("a connection that was closed comes back") do
  lasting = connect(reconnect_attempts: 1)
  lasting.ping
  id = lasting.call("CLIENT", "ID")
  equal(r.call("CLIENT", "KILL", "ID", id), 1)
  equal(lasting.ping, "PONG")
  lasting.quit
end

test("threads share a client") do
  k = key("threads")
  shared = connect
  (1..8).map { Thread.new { 50.times { shared.incr(k) } } }.each(&:join)
  equal(shared.get(k), "400")
  shared.close
end
