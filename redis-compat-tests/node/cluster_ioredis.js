// ioredis's client for clusters: version 5 speaks RESP2, version 6 RESP3 when the server does.
'use strict';

const {
  allOf, assert, between, borrow, connected, eachByte, eventually, host, key, main, ports, refused,
  runIoredis,
} = require('./compat.js');

function casesFor(Redis) {
  // Nothing is tried a second time: what fails is seen.
  const open = (options = {}) => connected(new Redis.Cluster([{host, port: ports[0]}], {
    lazyConnect: true, clusterRetryStrategy: () => null, ...options,
    redisOptions: {maxRetriesPerRequest: 0, connectTimeout: 10000, ...options.redisOptions},
  }));
  const withCluster = (options, body) =>
    borrow(open(options), (cluster) => cluster.disconnect(), body);
  const names = (name, count) => Array.from({length: count}, (_, i) => key(`${name}:${i}`)).sort();

  const cases = {
    'finds all nodes': async (cluster) => {
      assert.equal(cluster.status, 'ready');
      assert.deepEqual(cluster.nodes('master').map((node) => node.options.port).sort(),
        [...ports].sort());
      for (const node of cluster.nodes('master')) assert.equal(await node.ping(), 'PONG');
      assert.match(await cluster.cluster('INFO'), /cluster_state:ok/);
    },
    'handshake': async () => {
      await withCluster({redisOptions: {connectionName: 'some-name'}}, async (cluster) => {
        for (const node of cluster.nodes('master')) {
          assert.equal(await node.client('GETNAME'), 'some-name');
        }
      });
    },
    'set and get over many slots': async (cluster) => {
      const keys = names('slots', 300);
      assert.deepEqual(await Promise.all(keys.map((k, i) => cluster.set(k, i))),
        keys.map(() => 'OK'));
      for (const [i, k] of keys.entries()) assert.equal(await cluster.get(k), `${i}`);
      assert.equal(await cluster.get(key('none')), null);
    },
    'options, counters and expiry': async (cluster) => {
      const k = key('k');
      assert.equal(await cluster.set(k, '1', 'EX', 100, 'NX'), 'OK');
      assert.equal(await cluster.set(k, '2', 'NX'), null);
      assert.equal(await cluster.incrby(k, 41), 42);
      assert.equal(await cluster.incrbyfloat(k, 0.5), '42.5');
      between(await cluster.ttl(k), 99, 100);
      assert.equal(await cluster.persist(k), 1);
      assert.equal(await cluster.getdel(k), '42.5');
      await cluster.set(k, 'v', 'PX', 60);
      await eventually(() => cluster.exists(k), 0);
    },
    'binary keys and values': async (cluster) => {
      const name = Buffer.concat([Buffer.from(key('')), eachByte]);
      assert.equal(await cluster.set(name, eachByte), 'OK');
      assert.deepEqual(await cluster.getBuffer(name), eachByte);
    },
    'several keys of a slot': async (cluster) => {
      const [a, b, none] = ['a', 'b', 'none'].map((name) => key(`{tag}${name}`));
      assert.equal(await cluster.mset(a, 1, b, 2), 'OK');
      assert.deepEqual(await cluster.mget(a, none, b), ['1', null, '2']);
      assert.equal(await cluster.rename(a, b), 'OK');
      assert.equal(await cluster.get(b), '1');
      assert.equal(await cluster.del(a, b), 1);
    },
    'a pipeline within a slot': async (cluster) => {
      const pipeline = cluster.pipeline();
      for (let i = 0; i < 100; i += 1) pipeline.set(key(`{p}${i}`), i).get(key(`{p}${i}`));
      const answers = await pipeline.exec();
      assert.deepEqual(answers, Array.from({length: 200}, (_, i) =>
        [null, i % 2 ? `${(i - 1) / 2}` : 'OK']));
    },
    'automatic pipelining': async () => {
      await withCluster({enableAutoPipelining: true}, async (cluster) => {
        const keys = names('auto', 300);
        await Promise.all(keys.map((k, i) => cluster.set(k, i)));
        assert.deepEqual(await Promise.all(keys.map((k) => cluster.get(k))),
          keys.map((_, i) => `${i}`));
      });
    },
    'a transaction with a hash tag': async (cluster) => {
      const [a, b] = [key('{multi}a'), key('{multi}b')];
      assert.deepEqual(await cluster.multi().set(a, 1).incr(a).set(b, 'x').mget(a, b).exec(),
        [[null, 'OK'], [null, 2], [null, 'OK'], [null, ['2', 'x']]]);
      const [[, ok], [error]] = await cluster.multi().set(a, 5).incr(b).exec();
      assert.equal(ok, 'OK');
      assert.match(error.message, /value is not an integer or out of range/);
      assert.equal(await cluster.get(a), '5');
    },
    'reads scaled to replicas': async (cluster) => {
      const keys = names('{read}', 100);
      await Promise.all(keys.map((k, i) => cluster.set(k, i)));
      const slot = await cluster.cluster('KEYSLOT', keys[0]);
      const range = (await cluster.cluster('SLOTS')).find(([first, last]) =>
        first <= slot && slot <= last);
      const replicas = range.length - 3;  // Behind the first slot, the last, and their master.
      const nodes = cluster.nodes('all');
      await Promise.all(nodes.map((node) => node.config('RESETSTAT')));
      await withCluster({scaleReads: 'slave'}, async (reader) => {
        for (const [i, k] of keys.entries()) assert.equal(await reader.get(k), `${i}`);
        assert.equal(await reader.set(keys[0], 'written'), 'OK');
        assert.equal(await reader.get(keys[0]), 'written');
      });
      const statistics = await Promise.all(nodes.map((node) => node.info('commandstats')));
      const asked = statistics.filter((text) => text.includes('cmdstat_get:'));
      assert.equal(asked.length, Math.max(1, replicas));
    },
    'a scan of each master finds all': async (cluster) => {
      const keys = names('scan', 300);
      await Promise.all(keys.map((k) => cluster.set(k, 'v')));
      const found = [];
      for (const node of cluster.nodes('master')) {
        found.push(...await allOf(node.scanStream({match: key('scan:*'), count: 50})));
      }
      assert.deepEqual(found.sort(), keys);
    },
    'error texts': async (cluster) => {
      await cluster.set(key('s'), 'x');
      await refused(cluster.incr(key('s')), 'ERR value is not an integer or out of range');
      await refused(cluster.select(1), 'ERR SELECT is not allowed in cluster mode');
      assert.equal(await cluster.get(key('s')), 'x');
    },
  };
  return {cases, open};
}

main(async () => {
  const flusher = await casesFor(require('ioredis')).open();
  await Promise.all(flusher.nodes('master').map((node) => node.flushall()));
  flusher.disconnect();
  await runIoredis(casesFor);
});
