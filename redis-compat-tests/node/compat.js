// What the Node.js scripts share: cases, and the report that the runner reads.
'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');

const host = process.env.COMPAT_HOST || '127.0.0.1';
const ports = (process.env.COMPAT_PORTS || '6379').split(',').map(Number);
const skip = (process.env.COMPAT_SKIP || '').split('\n');
const prefix = `t${crypto.randomBytes(4).toString('hex')}:`;
const caseMs = 30000;
const pollMs = 15000;

const nodeMajor = Number(process.versions.node.split('.')[0]);
const eachByte = Buffer.from(Array.from({length: 256}, (_, i) => i));

// Keys of one case: no two cases, and no two runs, share any.
let caseNumber = 0;
const key = (name) => `${prefix}${caseNumber}:${name}`;

function deadline(ms, what) {
  let timer;
  const promise = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms);
  });
  return {promise, clear: () => clearTimeout(timer)};
}

// Runs `body` as the case `title` and reports how it went.
async function runCase(title, body) {
  caseNumber += 1;
  if (skip.includes(title)) {
    console.log(`skip ${title}`);
    return;
  }
  const limit = deadline(caseMs, title);
  try {
    await Promise.race([body(), limit.promise]);
    console.log(`ok ${title}`);
  } catch (error) {
    console.log(`FAIL ${title}`);
    console.log(String(error && error.stack || error).replace(/^/gm, '    '));
  } finally {
    limit.clear();
  }
}

// Asks again and again until the answer is as expected.
async function eventually(ask, expected) {
  const end = Date.now() + pollMs;
  for (;;) {
    const answer = await ask();
    if (Date.now() > end) return assert.deepEqual(answer, expected);
    try {
      return assert.deepEqual(answer, expected);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

// The promise is refused with an error that says `text`.
async function refused(promise, text) {
  let answer;
  try {
    answer = await promise;
  } catch (error) {
    assert.ok(String(error.message).includes(text), `expected '${text}', got '${error.message}'`);
    return;
  }
  assert.fail(`expected an error with '${text}', got ${JSON.stringify(answer)}`);
}

// Connects a client. Whatever is asked of it fails by itself.
async function connected(client) {
  client.on('error', () => {});
  await client.connect();
  return client;
}

// Gives `body` what is being opened, and then closes it.
async function borrow(opening, close, body) {
  const opened = await opening;
  try {
    await body(opened);
  } finally {
    await close(opened);
  }
}

// All that the pages of a scan hold, sorted.
async function allOf(pages) {
  const found = [];
  for await (const page of pages) found.push(...page);
  return found.sort();
}

const between = (value, low, high) =>
  assert.ok(value >= low && value <= high, `${value} is not within ${low}..${high}`);

// Runs every case of `cases` ({title: function(client)}) with a client from `connect`, under
// titles that begin with `label`.
async function runAll(label, cases, connect, close) {
  let client;
  await runCase(`${label}, connects`, async () => {
    client = await connect();
  });
  if (!client) return;
  for (const [title, body] of Object.entries(cases)) {
    await runCase(`${label}, ${title}`, () => body(client));
  }
  await runCase(`${label}, closes`, () => close(client));
}

// Calls `run` with a label and the module of each of `versions` of a library, [version, module, the
// Node.js that it needs], but for those that this Node.js is too old for.
async function runVersions(library, versions, run) {
  for (const [version, module, neededNode] of versions) {
    const label = `${library} ${version}`;
    if (nodeMajor < neededNode) {
      console.log(`skip ${label} (needs Node.js ${neededNode})`);
    } else {
      await run(label, require(module));
    }
  }
}

// Runs what `casesFor` makes of each version of ioredis: {cases, open}.
const runIoredis = (casesFor) =>
  runVersions('ioredis', [['5', 'ioredis', 12], ['6', 'ioredis6', 20]], async (label, Redis) => {
    const {cases, open} = casesFor(Redis);
    await runAll(label, cases, open, (client) => client.quit());
  });

function main(body) {
  body().then(
    // A client that could not be closed must not keep the script alive.
    () => process.exit(0),
    (error) => {
      console.log(error);
      process.exit(1);
    });
}

module.exports = {
  allOf, assert, between, borrow, connected, eachByte, eventually, host, key, main, ports, refused,
  runAll, runIoredis, runVersions,
};
