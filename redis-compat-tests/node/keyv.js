// Keyv with @keyv/redis, and cache-manager, whose stores are Keyv's.
'use strict';

const {createCache} = require('cache-manager');
const {Keyv} = require('keyv');
const {createKeyv, default: KeyvRedis} = require('@keyv/redis');
const {assert, between, borrow, eventually, host, key, main, ports, runAll} = require('./compat.js');

const url = `redis://${host}:${ports[0]}`;

function open(options = {}) {
  const keyv = createKeyv(url, {throwOnErrors: true, ...options});
  keyv.on('error', () => {});  // Whatever was asked fails by itself.
  return keyv;
}

const withNamespace = (namespace, body) =>
  borrow(open({namespace}), (keyv) => keyv.disconnect(), body);

const entries = (names, ttl) => names.map((name, i) => ({key: name, value: {number: i}, ttl}));

const keyvCases = {
  'set, get, has and delete': async (keyv) => {
    const k = key('k');
    assert.equal(await keyv.get(k), undefined);
    assert.equal(await keyv.has(k), false);
    const value = {text: 'text \u00e4\u{1f600}', list: [1, null, true], bytes: Buffer.from('ab')};
    assert.equal(await keyv.set(k, value), true);
    assert.deepEqual(await keyv.get(k), value);
    assert.equal(await keyv.has(k), true);
    assert.equal(await keyv.delete(k), true);
    assert.equal(await keyv.delete(k), false);
  },
  'a value expires': async (keyv) => {
    const k = key('k');
    await keyv.set(k, 'short', 40);
    await eventually(() => keyv.has(k), false);
    await keyv.set(k, 'long', 100000);
    between(await keyv.store.client.pTTL(k), 90000, 100000);
    await keyv.set(k, 'for ever');
    assert.equal(await keyv.store.client.pTTL(k), -1);
  },
  'many at once': async (keyv) => {
    const names = ['a', 'b', 'c'].map(key);
    await keyv.set(names[0], 1);
    await keyv.set(names[2], 3);
    assert.deepEqual(await keyv.get(names), [1, undefined, 3]);
    assert.deepEqual(await keyv.getMany(names), [1, undefined, 3]);
  },
  'setMany, hasMany and deleteMany': async (keyv) => {
    const names = ['a', 'b', 'c'].map(key);
    await keyv.setMany(entries(names, 100000));
    assert.deepEqual(await keyv.getMany(names), [{number: 0}, {number: 1}, {number: 2}]);
    between(await keyv.store.client.pTTL(names[1]), 90000, 100000);
    assert.deepEqual(await keyv.hasMany([...names, key('none')]), [true, true, true, false]);
    assert.equal(await keyv.delete(names.slice(0, 1)), true);
    assert.equal(await keyv.deleteMany(names), true);
    assert.deepEqual(await keyv.hasMany(names), [false, false, false]);
  },
  'a namespace is iterated and cleared alone': async (keyv) => {
    const names = Array.from({length: 120}, (_, i) => `name ${i}`);
    await keyv.set(key('outside'), 'stays');
    await withNamespace(key('space'), async (space) => {
      await Promise.all(names.map((name, i) => space.set(name, i)));
      const found = [];
      for await (const [name] of space.iterator()) found.push(name);
      assert.deepEqual(found.sort(), [...names].sort());
      await space.clear();
      assert.equal(await space.has(names[0]), false);
    });
    assert.equal(await keyv.get(key('outside')), 'stays');
  },
  'namespaces do not see each other': async () => {
    await withNamespace(key('one'), (one) => withNamespace(key('two'), async (two) => {
      await one.set('name', 1);
      assert.equal(await two.get('name'), undefined);
      await two.set('name', 2);
      assert.equal(await one.get('name'), 1);
    }));
  },
  'a large value': async (keyv) => {
    const large = 'x'.repeat(4 << 20);
    await keyv.set(key('k'), large);
    assert.equal(await keyv.get(key('k')), large);
  },
};

const cacheCases = {
  'set, get, ttl and del': async (cache) => {
    const k = key('k');
    assert.equal(await cache.get(k), undefined);
    await cache.set(k, {a: 1}, 100000);
    assert.deepEqual(await cache.get(k), {a: 1});
    between(await cache.ttl(k) - Date.now(), 90000, 100000);
    await cache.del(k);
    assert.equal(await cache.get(k), undefined);
  },
  'mget': async (cache) => {
    await cache.set(key('a'), 1);
    await cache.set(key('c'), 3);
    assert.deepEqual(await cache.mget(['a', 'b', 'c'].map(key)), [1, undefined, 3]);
  },
  'mset and mdel': async (cache) => {
    const names = ['a', 'b', 'c'].map(key);
    await cache.mset(entries(names));
    assert.deepEqual(await cache.mget(names), [{number: 0}, {number: 1}, {number: 2}]);
    await cache.mdel(names);
    assert.deepEqual(await cache.mget(names), [undefined, undefined, undefined]);
  },
  'wrap computes once, and again when it has expired': async (cache) => {
    let computed = 0;
    const value = () => cache.wrap(key('k'), async () => (computed += 1), 500);
    const all = await Promise.all([value(), value(), value()]);
    assert.deepEqual(all, [1, 1, 1]);
    assert.equal(await value(), 1);
    await eventually(async () => await value() > 1, true);
  },
  'wrap refreshes ahead': async (cache) => {
    let computed = 0;
    const value = () => cache.wrap(key('k'), async () => (computed += 1), 60000, 60000);
    assert.equal(await value(), 1);
    await eventually(async () => await value() > 1, true);
  },
  'two stores': async (cache) => {
    const memory = new Keyv();
    const tiers = createCache({stores: [memory, cache.stores[0]]});
    await tiers.set(key('k'), 'both');
    await memory.delete(key('k'));
    assert.equal(await tiers.get(key('k')), 'both');
    await tiers.del(key('k'));
    assert.equal(await cache.get(key('k')), undefined);
  },
  'clear': async () => {
    const cache = createCache({stores: [open({namespace: key('space')})]});
    await cache.set('a', 1);
    await cache.clear();
    assert.equal(await cache.get('a'), undefined);
    await cache.disconnect();
  },
};

main(async () => {
  const all = new KeyvRedis(url, {noNamespaceAffectsAll: true});
  await all.clear();
  await all.disconnect();
  await runAll('keyv', keyvCases, async () => open(), (keyv) => keyv.disconnect());
  await runAll('cache-manager', cacheCases, async () => createCache({stores: [open()]}),
    (cache) => cache.disconnect());
});
