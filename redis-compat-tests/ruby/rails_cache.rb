# Rails' cache on Redis, ActiveSupport's RedisCacheStore, unmodified.

require_relative "compat"
require "active_support"
require "active_support/cache"
require "active_support/cache/redis_cache_store"
require "active_support/core_ext/numeric/time"
require "active_support/core_ext/numeric/bytes"

# What fails must be seen, though RedisCacheStore would go on as if nothing was cached.
RAISE = ->(method:, returning:, exception:) { raise exception }

def store(**options)
  ActiveSupport::Cache::RedisCacheStore.new(
    url: "redis://#{HOST}:#{PORT}", reconnect_attempts: 0, read_timeout: 20, write_timeout: 20,
    error_handler: RAISE, namespace: PREFIX.chomp(":"), **options)
end

r = connect
r.flushall
cache = store

test("write, read, exist? and delete") do
  value = {"text" => "\u00e4", number: 1.5, list: [nil, :symbol]}
  equal(cache.read("k"), nil)
  equal(cache.write("k", value), "OK")
  equal(cache.read("k"), value)
  equal(cache.exist?("k"), true)
  equal([cache.delete("k"), cache.delete("k")], [1, 0])
  equal(cache.exist?("k"), false)
end

test("an entry expires") do
  cache.write("long", 1, expires_in: 100.seconds)
  between(r.pttl(key("long")), 90_000, 100_000)
  cache.write("short", 1, expires_in: 0.05)
  eventually(false) { r.exists?(key("short")) }
  equal(cache.read("short"), nil)
end

test("fetch computes what is not there") do
  equal(cache.fetch("fetched") { "computed" }, "computed")
  equal(cache.fetch("fetched") { raise "computed again" }, "computed")
  equal(cache.fetch("fetched", force: true) { "anew" }, "anew")
  equal(cache.fetch("nothing", skip_nil: true) { nil }, nil)
  equal(cache.exist?("nothing"), false)
end

test("one computes what has just expired, the others get the old value") do
  cache.write("raced", "old", expires_in: 0.05, race_condition_ttl: 30.seconds)
  between(r.pttl(key("raced")), 290_000, 300_100)
  sleep(0.1)
  seen = nil
  fetched = cache.fetch("raced", race_condition_ttl: 30.seconds) do
    seen = cache.read("raced")
    "new"
  end
  equal([fetched, seen], ["new", "old"])
end

test("unless_exist") do
  equal(cache.write("once", 1, unless_exist: true, expires_in: 100.seconds), true)
  equal(cache.write("once", 2, unless_exist: true, expires_in: 100.seconds), false)
  equal(cache.read("once"), 1)
end

test("many at once") do
  cache.write_multi({"a" => 1, "b" => "two"})
  equal(cache.read_multi("a", "none", "b"), {"a" => 1, "b" => "two"})
  cache.write_multi({"c" => 3, "d" => 4}, expires_in: 100.seconds)
  between(r.ttl(key("d")), 90, 100)
  fetched = cache.fetch_multi("c", "e") { |name| name * 2 }
  equal(fetched, {"c" => 3, "e" => "ee"})
  equal(cache.delete_multi(%w[a b c none]), 3)
  equal(cache.read_multi("a", "b", "c", "d"), {"d" => 4})
end

test("counters") do
  equal([cache.increment("n"), cache.increment("n", 41), cache.decrement("n", 2)], [1, 42, 40])
  equal(cache.read("n", raw: true).to_i, 40)
  equal(cache.increment("window", 1, expires_in: 100.seconds), 1)
  equal(cache.increment("window", 1, expires_in: 200.seconds), 2)
  between(r.ttl(key("window")), 90, 100)
end

test("raw and compressed values") do
  cache.write("raw", EACH_BYTE, raw: true)
  equal(r.get(key("raw")).b, EACH_BYTE)
  equal(cache.read("raw", raw: true).b, EACH_BYTE)
  large = "easily compressed " * 100_000
  cache.write("large", large)
  between(r.strlen(key("large")), 1, 100.kilobytes)
  equal(cache.read("large"), large)
  random = Random.bytes(2.megabytes)
  cache.write("random", random)
  equal(cache.read("random"), random)
end

test("versions of an entry") do
  cache.write("versioned", "one", version: 1)
  equal(cache.read("versioned", version: 1), "one")
  equal(cache.read("versioned", version: 2), nil)
end

test("delete_matched") do
  60.times { |n| cache.write("views/#{n}", n) }
  cache.write("other", 1)
  cache.delete_matched("views/*")
  equal(r.keys(key("views/*")), [])
  equal(cache.read("other"), 1)
end

test("keys that are long or strange") do
  long = "k" * 3000
  cache.write(long, "value")
  equal(cache.read(long), "value")
  cache.write("umlaut \u00e4 [*]?", 1)
  equal(cache.read("umlaut \u00e4 [*]?"), 1)
  cache.write(["posts", {id: 5}], "composed")
  equal(cache.read(["posts", {id: 5}]), "composed")
end

test("clear keeps what other namespaces hold") do
  other = store(namespace: "other#{PREFIX}")
  other.write("k", "stays")
  cache.clear
  equal(r.keys("#{PREFIX}*"), [])
  equal(other.read("k"), "stays")
end

test("clear without a namespace empties the database") do
  all = store(namespace: nil, db: 3)
  all.write("k", 1)
  all.clear
  equal(connect(db: 3).dbsize, 0)
end

test("a pool of connections") do
  pooled = store(pool_size: 4, pool_timeout: 20)
  (1..8).map { Thread.new { 25.times { pooled.increment("pooled") } } }.each(&:join)
  equal(pooled.read("pooled", raw: true), "200")
end

test("with a copy in memory") do
  cache.with_local_cache do
    cache.write("local", 1)
    r.del(key("local"))
    equal(cache.read("local"), 1)
  end
  equal(cache.read("local"), nil)
end
