// ioredis: version 5 speaks RESP2, version 6 RESP3 when the server does.
'use strict';

const {
  allOf, assert, between, borrow, connected, eachByte, eventually, host, key, main, ports, refused,
  runIoredis,
} = require('./compat.js');

const far = 4102444800;  // The year 2100.

function casesFor(Redis) {
  const open = (options = {}) => connected(new Redis({
    host, port: ports[0], lazyConnect: true, retryStrategy: () => null,
    maxRetriesPerRequest: 0, connectTimeout: 10000, ...options,
  }));
  const withClient = (options, body) =>
    borrow(open(options), (client) => client.disconnect(), body);
  const scanAll = (client, options) => allOf(client.scanStream(options));

  const cases = {
    'server facts': async (client) => {
      assert.equal(client.status, 'ready');
      assert.equal(await client.ping(), 'PONG');
      assert.equal(await client.echo('hello'), 'hello');
      assert.match(await client.info(), /loading:0/);
      assert.ok(await client.command('COUNT') > 50);
      assert.equal((await client.time()).length, 2);
    },
    'handshake': async () => {
      await withClient({connectionName: 'some-name', db: 3}, async (client) => {
        assert.equal(await client.client('GETNAME'), 'some-name');
        assert.match(await client.client('INFO'), /name=some-name .*db=3 /);
        assert.ok(await client.client('ID') > 0);
      });
    },
    'set and get': async (client) => {
      const k = key('k');
      assert.equal(await client.get(k), null);
      assert.equal(await client.set(k, 'v'), 'OK');
      assert.equal(await client.get(k), 'v');
      assert.equal(await client.set(k, 'grüße 日本'), 'OK');
      assert.equal(await client.get(k), 'grüße 日本');
      assert.equal(await client.strlen(k), Buffer.byteLength('grüße 日本'));
      assert.equal(await client.type(k), 'string');
      assert.equal(await client.del(k), 1);
    },
    'options of set': async (client) => {
      const k = key('k');
      assert.equal(await client.set(k, 'a', 'XX'), null);
      assert.equal(await client.set(k, 'a', 'NX'), 'OK');
      assert.equal(await client.set(k, 'b', 'NX'), null);
      assert.equal(await client.set(k, 'b', 'XX', 'GET'), 'a');
      assert.equal(await client.set(k, 'c', 'EX', 100), 'OK');
      between(await client.ttl(k), 99, 100);
      assert.equal(await client.set(k, 'd', 'KEEPTTL'), 'OK');
      between(await client.ttl(k), 99, 100);
      assert.equal(await client.set(k, 'e', 'PX', 100000, 'NX'), null);
      assert.equal(await client.set(k, 'f'), 'OK');
      assert.equal(await client.ttl(k), -1);
    },
    'setnx, setex, psetex, getset, getdel, getex': async (client) => {
      const k = key('k');
      assert.equal(await client.setnx(k, 'a'), 1);
      assert.equal(await client.setnx(k, 'b'), 0);
      assert.equal(await client.setex(k, 100, 'c'), 'OK');
      assert.equal(await client.psetex(k, 100000, 'd'), 'OK');
      assert.equal(await client.getset(k, 'e'), 'd');
      assert.equal(await client.getex(k, 'EX', 100), 'e');
      between(await client.ttl(k), 99, 100);
      assert.equal(await client.getdel(k), 'e');
      assert.equal(await client.getdel(k), null);
    },
    'several keys': async (client) => {
      const names = Array.from({length: 50}, (_, i) => key(`many:${i}`));
      assert.equal(await client.mset(new Map(names.map((name, i) => [name, i]))), 'OK');
      assert.deepEqual(await client.mget([...names, key('none')]),
        [...names.map((_, i) => `${i}`), null]);
      assert.equal(await client.exists(...names, names[0]), 51);
      assert.equal(await client.del(...names.slice(0, 20)), 20);
      assert.equal(await client.unlink(...names), 30);
      assert.equal(await client.exists(...names), 0);
    },
    'counters': async (client) => {
      const n = key('n');
      assert.equal(await client.incr(n), 1);
      assert.equal(await client.incrby(n, 41), 42);
      assert.equal(await client.decr(n), 41);
      assert.equal(await client.decrby(n, 50), -9);
      assert.equal(await client.incrbyfloat(n, 0.5), '-8.5');
      assert.equal(await client.append(n, '0'), 5);
    },
    'expiry': async (client) => {
      const k = key('k');
      assert.equal(await client.expire(k, 100), 0);
      assert.equal(await client.ttl(k), -2);
      await client.set(k, 'v');
      assert.equal(await client.ttl(k), -1);
      assert.equal(await client.expire(k, 100, 'XX'), 0);
      assert.equal(await client.expire(k, 100, 'NX'), 1);
      assert.equal(await client.expire(k, 50, 'GT'), 0);
      assert.equal(await client.pexpire(k, 50000, 'LT'), 1);
      between(await client.pttl(k), 40000, 50000);
      assert.equal(await client.expireat(k, far), 1);
      assert.equal(await client.expiretime(k), far);
      assert.equal(await client.pexpireat(k, far * 1000 + 5), 1);
      assert.equal(await client.pexpiretime(k), far * 1000 + 5);
      assert.equal(await client.persist(k), 1);
      assert.equal(await client.pexpire(k, 60), 1);
      await eventually(() => client.exists(k), 0);
      assert.equal(await client.get(k), null);
    },
    'scan streams': async (client) => {
      const names = Array.from({length: 300}, (_, i) => key(`scan:${i}`)).sort();
      await client.mset(...names.flatMap((name) => [name, 'v']));
      assert.deepEqual(await scanAll(client, {match: key('scan:*'), count: 25}), names);
      assert.deepEqual(await scanAll(client, {match: key('scan:7'), count: 1000}),
        [key('scan:7')]);
      assert.deepEqual(await scanAll(client, {match: key('*'), type: 'string'}), names);
      assert.deepEqual((await client.keys(key('scan:*'))).sort(), names);
      assert.ok(await client.randomkey());
    },
    'databases': async (client) => {
      await client.set(key('k'), 'zero');
      await withClient({db: 9}, async (other) => {
        assert.equal(await other.get(key('k')), null);
        await other.set(key('k'), 'nine');
        assert.equal(await other.flushdb(), 'OK');
        assert.equal(await other.dbsize(), 0);
        assert.equal(await other.select(0), 'OK');
        assert.equal(await other.get(key('k')), 'zero');
      });
    },
    'binary keys and values': async (client) => {
      const name = Buffer.concat([Buffer.from(key('')), eachByte]);
      assert.equal(await client.set(name, eachByte), 'OK');
      assert.deepEqual(await client.getBuffer(name), eachByte);
      assert.deepEqual(await client.mgetBuffer(name, key('none')), [eachByte, null]);
      assert.equal(await client.append(name, eachByte), 512);
      assert.deepEqual(await client.getdelBuffer(name), Buffer.concat([eachByte, eachByte]));
    },
    'a value of 2 MB': async (client) => {
      const value = Buffer.alloc(2 << 20, eachByte);
      await client.set(key('big'), value);
      assert.ok((await client.getBuffer(key('big'))).equals(value));
    },
    'a pipeline of 1000 commands': async (client) => {
      const pipeline = client.pipeline();
      for (let i = 0; i < 500; i += 1) pipeline.set(key(`p:${i}`), i).get(key(`p:${i}`));
      const answers = await pipeline.exec();
      assert.equal(answers.length, 1000);
      answers.forEach(([error, answer], i) => {
        assert.equal(error, null);
        assert.equal(answer, i % 2 ? `${(i - 1) / 2}` : 'OK');
      });
    },
    'an error inside a pipeline is one reply': async (client) => {
      const [first, second, third] = await client.pipeline()
        .set(key('s'), 'x').incr(key('s')).get(key('s')).exec();
      assert.deepEqual(first, [null, 'OK']);
      assert.match(second[0].message, /value is not an integer or out of range/);
      assert.deepEqual(third, [null, 'x']);
    },
    'automatic pipelining': async () => {
      await withClient({enableAutoPipelining: true}, async (client) => {
        const numbers = Array.from({length: 500}, (_, i) => i + 1);
        assert.deepEqual(await Promise.all(numbers.map(() => client.incr(key('n')))), numbers);
      });
    },
    'other nodes': async (client) => {
      await client.set(key('told'), 'v');
      for (const port of ports) {
        await withClient({port}, async (other) => {
          assert.equal(await other.get(key('told')), 'v');
          assert.ok(await other.incr(key('n')) > 0);
        });
      }
      assert.equal(await client.get(key('n')), `${ports.length}`);
    },
    'error texts': async (client) => {
      await client.set(key('s'), 'x');
      await refused(client.incr(key('s')), 'ERR value is not an integer or out of range');
      await refused(client.setex(key('s'), 0, 'v'), "ERR invalid expire time in 'setex' command");
      await refused(client.call('NOSUCH', 'a'),
        "ERR unknown command 'NOSUCH', with args beginning with: 'a'");
      await refused(client.call('GET'), "ERR wrong number of arguments for 'get' command");
      await refused(client.set(key('s'), 'v', 'NX', 'XX'), 'ERR syntax error');
      assert.equal(await client.ping(), 'PONG');
    },
  };
  return {cases, open};
}

main(async () => {
  const flusher = await casesFor(require('ioredis')).open();
  await flusher.flushall();
  flusher.disconnect();
  await runIoredis(casesFor);
});
