// connect-redis: the session store of Express, driven by express-session itself.
'use strict';

const http = require('node:http');
const redis = require('redis');
const session = require('express-session');
const {RedisStore} = require('connect-redis');
const {
  assert, between, borrow, connected, host, key, main, ports, runAll,
} = require('./compat.js');

const daySeconds = 86400;

// A site that counts the visits of each session. `cookie` of the answer is the browser's business.
class Site {
  constructor(store, options = {}) {
    const handle = session({store, secret: 'not very secret', resave: false,
      saveUninitialized: false, ...options});
    this.server = http.createServer((request, response) => handle(request, response, (error) => {
      if (error) return response.writeHead(500).end(String(error));
      this.serve(request, response);
    }));
  }

  serve(request, response) {
    const {session: visitor} = request;
    const leave = (error) => response.writeHead(error ? 500 : 200).end(String(error || 'bye'));
    if (request.url === '/leave') return visitor.destroy(leave);
    if (request.url === '/look') return response.end(String(visitor.visits));
    if (request.url === '/renew') {
      return visitor.regenerate((error) => {
        visitor.visits = 0;
        leave(error);
      });
    }
    visitor.visits = (visitor.visits || 0) + 1;
    response.end(String(visitor.visits));
  }

  async open() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async close() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  // {text, cookie} of the answer.
  async visit(cookie = '', path = '/') {
    const answer = await fetch(`http://127.0.0.1:${this.server.address().port}${path}`,
      {headers: {cookie}});
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    const [set] = answer.headers.getSetCookie();
    return {text, cookie: set ? set.split(';')[0] : cookie};
  }
}

// `call(done)` as a promise.
const called = (call) => new Promise((resolve, reject) => {
  call((error, result) => (error ? reject(error) : resolve(result)));
});

async function withSite(client, options, body) {
  const prefix = `${key('sess')}:`;
  const store = new RedisStore({client, prefix, ...options.store});
  await borrow(new Site(store, options.session).open(), (site) => site.close(),
    (site) => body(site, store, prefix));
}

const cases = {
  'a session is kept from visit to visit': (client) => withSite(client, {}, async (site) => {
    const {text, cookie} = await site.visit();
    assert.equal(text, '1');
    assert.equal((await site.visit(cookie)).text, '2');
    assert.equal((await site.visit(cookie)).text, '3');
    assert.equal((await site.visit()).text, '1', 'another browser has another session');
  }),
  'a session ends': (client) => withSite(client, {}, async (site, store) => {
    const {cookie} = await site.visit();
    await site.visit(cookie, '/leave');
    assert.equal(await called((done) => store.length(done)), 0);
    assert.equal((await site.visit(cookie)).text, '1');
  }),
  'a session gets a new id': (client) => withSite(client, {}, async (site, store) => {
    const {cookie} = await site.visit();
    const renewed = await site.visit(cookie, '/renew');
    assert.notEqual(renewed.cookie, cookie);
    assert.equal(await called((done) => store.length(done)), 1);
  }),
  'a visit prolongs the session': (client) => withSite(client, {}, async (site, store, prefix) => {
    const {cookie} = await site.visit();
    const [id] = await called((done) => store.ids(done));
    between(await client.ttl(prefix + id), daySeconds - 60, daySeconds);
    await client.expire(prefix + id, 100);
    await site.visit(cookie, '/look');
    between(await client.ttl(prefix + id), daySeconds - 60, daySeconds);
  }),
  'a session lives as long as its cookie': (client) =>
    withSite(client, {session: {cookie: {maxAge: 100000}}}, async (site, store, prefix) => {
      await site.visit();
      const [id] = await called((done) => store.ids(done));
      between(await client.ttl(prefix + id), 90, 100);
    }),
  'sessions without an end': (client) => withSite(client, {store: {disableTTL: true}},
    async (site, store, prefix) => {
      await site.visit();
      const [id] = await called((done) => store.ids(done));
      assert.equal(await client.ttl(prefix + id), -1);
    }),
  'all, ids, length and clear': (client) => withSite(client, {}, async (site, store) => {
    const count = 150;
    await Promise.all(Array.from({length: count}, (_, i) =>
      called((done) => store.set(`id${i}`, {cookie: {}, user: i}, done))));
    assert.equal(await called((done) => store.length(done)), count);
    assert.equal((await called((done) => store.ids(done))).length, count);
    const all = await called((done) => store.all(done));
    assert.deepEqual(all.map(({user}) => user).sort((a, b) => a - b),
      Array.from({length: count}, (_, i) => i));
    assert.equal((await called((done) => store.get('id7', done))).user, 7);
    await called((done) => store.clear(done));
    assert.equal(await called((done) => store.length(done)), 0);
  }),
};

main(async () => {
  const open = () => connected(
    redis.createClient({socket: {host, port: ports[0], reconnectStrategy: false}}));
  await (await open()).flushAll();
  await runAll('connect-redis', cases, open, (client) => client.close());
});
