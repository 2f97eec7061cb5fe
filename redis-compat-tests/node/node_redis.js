// node-redis: both of its major versions in use, each in RESP2 and RESP3.
'use strict';

const {
  allOf, assert, between, borrow, connected, eachByte, eventually, host, key, main, ports, refused,
  runAll, runVersions,
} = require('./compat.js');

const far = 4102444800;  // The year 2100.

function casesFor(library, resp) {
  const open = (options = {}) => connected(library.createClient({
    RESP: resp, ...options,
    socket: {host, port: options.port || ports[0], connectTimeout: 10000,
      reconnectStrategy: false},
  }));
  const withClient = (options, body) => borrow(open(options), (client) => client.destroy(), body);
  const scanAll = (client, options) => allOf(client.scanIterator(options));

  const cases = {
    'server facts': async (client) => {
      assert.equal(await client.ping(), 'PONG');
      assert.equal(await client.echo('hello'), 'hello');
      assert.match(await client.info('server'), /redis_version:7\./);
      assert.deepEqual({...await client.configGet('databases')}, {databases: '16'});
      assert.ok(await client.commandCount() > 50);
      const [get] = await client.commandInfo(['get']);
      assert.equal(get.name, 'get');
      assert.equal(get.arity, 2);
    },
    'handshake': async () => {
      await withClient({name: 'some-name', database: 3}, async (client) => {
        assert.equal(await client.clientGetName(), 'some-name');
        const info = await client.clientInfo();
        assert.equal(info.db, 3);
        assert.equal(info.name, 'some-name');
        assert.equal(info.id, await client.clientId());
        const hello = await client.hello(resp);
        assert.equal(hello.proto, resp);
        assert.equal(hello.mode, 'standalone');
        assert.equal(hello.role, 'master');
      });
    },
    'set and get': async (client) => {
      const k = key('k');
      assert.equal(await client.get(k), null);
      assert.equal(await client.set(k, 'v'), 'OK');
      assert.equal(await client.get(k), 'v');
      assert.equal(await client.set(k, ''), 'OK');
      assert.equal(await client.get(k), '');
      assert.equal(await client.set(k, 'grüße 日本'), 'OK');
      assert.equal(await client.get(k), 'grüße 日本');
      assert.equal(await client.strLen(k), Buffer.byteLength('grüße 日本'));
      assert.equal(await client.type(k), 'string');
    },
    'options of set': async (client) => {
      const k = key('k');
      const set = (...rest) => client.sendCommand(['SET', k, ...rest]);
      assert.equal(await client.set(k, 'a', {condition: 'XX'}), null);
      assert.equal(await client.set(k, 'a', {condition: 'NX'}), 'OK');
      assert.equal(await client.set(k, 'b', {condition: 'NX'}), null);
      assert.equal(await set('b', 'XX', 'GET'), 'a');
      assert.equal(await set('c', 'EX', '100'), 'OK');
      between(await client.ttl(k), 99, 100);
      assert.equal(await set('d', 'KEEPTTL'), 'OK');
      between(await client.ttl(k), 99, 100);
      assert.equal(await set('e', 'PXAT', `${far}123`), 'OK');
      assert.equal(await client.pExpireTime(k), far * 1000 + 123);
      assert.equal(await set('f'), 'OK');
      assert.equal(await client.ttl(k), -1);
    },
    'setnx, setex, psetex, getset, getdel, getex': async (client) => {
      const k = key('k');
      assert.equal(Number(await client.setNX(k, 'a')), 1);
      assert.equal(Number(await client.setNX(k, 'b')), 0);
      assert.equal(await client.setEx(k, 100, 'c'), 'OK');
      assert.equal(await client.pSetEx(k, 100000, 'd'), 'OK');
      assert.equal(await client.getSet(k, 'e'), 'd');
      assert.equal(await client.getEx(k, {type: 'EX', value: 100}), 'e');
      between(await client.ttl(k), 99, 100);
      assert.equal(await client.getDel(k), 'e');
      assert.equal(await client.getDel(k), null);
    },
    'several keys': async (client) => {
      const names = Array.from({length: 50}, (_, i) => key(`many:${i}`));
      assert.equal(await client.mSet(names.map((name, i) => [name, `${i}`])), 'OK');
      assert.deepEqual(await client.mGet([...names, key('none')]),
        [...names.map((_, i) => `${i}`), null]);
      assert.equal(await client.exists([...names, names[0]]), 51);
      assert.equal(await client.del(names.slice(0, 20)), 20);
      assert.equal(await client.unlink(names), 30);
      assert.equal(await client.exists(names), 0);
    },
    'counters': async (client) => {
      const n = key('n');
      assert.equal(await client.incr(n), 1);
      assert.equal(await client.incrBy(n, 41), 42);
      assert.equal(await client.decr(n), 41);
      assert.equal(await client.decrBy(n, 50), -9);
      assert.equal(await client.incrByFloat(n, 0.5), '-8.5');
      assert.equal(await client.append(n, '0'), 5);
      assert.equal(await client.get(n), '-8.50');
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
      assert.equal(await client.pExpire(k, 50000, 'LT'), 1);
      between(await client.pTTL(k), 40000, 50000);
      assert.equal(await client.expireAt(k, far), 1);
      assert.equal(await client.expireTime(k), far);
      assert.equal(await client.pExpireAt(k, far * 1000 + 5), 1);
      assert.equal(await client.pExpireTime(k), far * 1000 + 5);
      assert.equal(await client.persist(k), 1);
      assert.equal(await client.ttl(k), -1);
      assert.equal(await client.pExpire(k, 60), 1);
      await eventually(() => client.exists(k), 0);
      assert.equal(await client.get(k), null);
    },
    'scan iterators': async (client) => {
      const names = Array.from({length: 300}, (_, i) => key(`scan:${i}`)).sort();
      await client.mSet(names.map((name) => [name, 'v']));
      assert.deepEqual(await scanAll(client, {MATCH: key('scan:*'), COUNT: 25}), names);
      assert.deepEqual(await scanAll(client, {MATCH: key('scan:7'), COUNT: 1000}),
        [key('scan:7')]);
      assert.deepEqual(await scanAll(client, {MATCH: key('*'), TYPE: 'string'}), names);
      assert.deepEqual((await client.keys(key('scan:*'))).sort(), names);
      assert.ok(await client.randomKey());
    },
    'databases': async (client) => {
      await client.set(key('k'), 'zero');
      await withClient({database: 9}, async (other) => {
        assert.equal(await other.get(key('k')), null);
        await other.set(key('k'), 'nine');
        assert.equal(await other.flushDb(), 'OK');
        assert.equal(await other.dbSize(), 0);
      });
      assert.equal(await client.get(key('k')), 'zero');
    },
    'binary keys and values': async (client) => {
      const bytes = client.withTypeMapping({[library.RESP_TYPES.BLOB_STRING]: Buffer});
      const name = Buffer.concat([Buffer.from(key('')), eachByte]);
      assert.equal(await client.set(name, eachByte), 'OK');
      assert.deepEqual(await bytes.get(name), eachByte);
      assert.deepEqual(await bytes.mGet([name, key('none')]), [eachByte, null]);
      assert.equal(await client.append(name, eachByte), 512);
      assert.deepEqual(await bytes.getDel(name), Buffer.concat([eachByte, eachByte]));
    },
    'a value of 2 MB': async (client) => {
      const bytes = client.withTypeMapping({[library.RESP_TYPES.BLOB_STRING]: Buffer});
      const value = Buffer.alloc(2 << 20, eachByte);
      await client.set(key('big'), value);
      assert.ok((await bytes.get(key('big'))).equals(value));
    },
    '1000 commands at once': async (client) => {
      const numbers = Array.from({length: 1000}, (_, i) => i);
      const answers = await Promise.all(
        numbers.map((i) => client.set(key(`p:${i}`), `value ${i}`)));
      assert.deepEqual(answers, numbers.map(() => 'OK'));
      assert.deepEqual(await Promise.all(numbers.map((i) => client.get(key(`p:${i}`)))),
        numbers.map((i) => `value ${i}`));
    },
    'a pipeline of 1000 commands': async (client) => {
      const pipeline = client.multi();
      for (let i = 0; i < 1000; i += 1) pipeline.incr(key('n'));
      assert.deepEqual(await pipeline.execAsPipeline(),
        Array.from({length: 1000}, (_, i) => i + 1));
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
      await refused(client.setEx(key('s'), 0, 'v'), "ERR invalid expire time in 'setex' command");
      await refused(client.sendCommand(['NOSUCH', 'a']),
        "ERR unknown command 'NOSUCH', with args beginning with: 'a'");
      await refused(client.sendCommand(['GET']),
        "ERR wrong number of arguments for 'get' command");
      await refused(client.sendCommand(['SET', key('s'), 'v', 'NX', 'XX']), 'ERR syntax error');
      assert.equal(await client.ping(), 'PONG');
    },
  };
  return {cases, open};
}

main(async () => {
  const flusher = await casesFor(require('redis'), 2).open();
  await flusher.flushAll();
  flusher.destroy();
  const versions = [['5', 'redis', 18], ['6', 'redis6', 20]];
  await runVersions('node-redis', versions, async (label, library) => {
    for (const resp of [2, 3]) {
      const {cases, open} = casesFor(library, resp);
      await runAll(`${label} RESP${resp}`, cases, open, (client) => client.close());
    }
  });
});
