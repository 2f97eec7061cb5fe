<?php
// Laravel's cache, unmodified: Illuminate's RedisStore, which speaks through phpredis.
declare(strict_types=1);

require __DIR__ . '/compat.php';
require 'Illuminate/Cache/autoload.php';
require 'Illuminate/Redis/autoload.php';

use Illuminate\Cache\RateLimiter;
use Illuminate\Cache\RedisStore;
use Illuminate\Cache\Repository;
use Illuminate\Redis\RedisManager;

const DATABASE = 1;

$server = ['host' => HOST, 'port' => PORT, 'database' => DATABASE,
    'timeout' => TIMEOUT_SECONDS, 'read_timeout' => TIMEOUT_SECONDS];
$store = new RedisStore(new RedisManager(null, 'phpredis', ['default' => $server]), PREFIX . 'l');
$cache = new Repository($store);
$r = connect();
$r->flushAll();
$r->select(DATABASE);

// What the store calls the key of an entry.
function stored(string $name): string
{
    return PREFIX . 'l:' . $name;
}

test('put, get and forget', function () use ($store, $r) {
    $value = ['text' => "\u{e4}", 'list' => [1, 2.5, null], 'bytes' => EACH_BYTE];
    equal($store->get('k'), null);
    equal([$store->put('k', $value, 100), $store->get('k')], [true, $value]);
    between($r->ttl(stored('k')), 90, 100);
    equal([$store->forget('k'), $store->forget('k'), $store->get('k')], [true, false, null]);
});

test('many and putMany', function () use ($store, $r) {
    equal($store->putMany(['a' => 'one', 'b' => [2], 'c' => 3], 100), true);
    equal($store->many(['a', 'none', 'b', 'c']),
        ['a' => 'one', 'none' => null, 'b' => [2], 'c' => '3']);
    between($r->ttl(stored('c')), 90, 100);
});

test('increment and decrement', function () use ($store) {
    equal([$store->increment('n'), $store->increment('n', 41)], [1, 42]);
    equal([$store->decrement('n'), $store->decrement('n', 50)], [41, -9]);
    equal($store->get('n'), '-9');
});

test('forever', function () use ($store, $r) {
    equal([$store->forever('f', 'always'), $store->get('f')], [true, 'always']);
    equal($r->ttl(stored('f')), -1);
});

test('remember, pull and has', function () use ($cache) {
    equal($cache->remember('m', 100, fn () => ['computed']), ['computed']);
    equal($cache->remember('m', 100, fn () => ['again']), ['computed']);
    equal($cache->rememberForever('always', fn () => 'computed'), 'computed');
    equal([$cache->has('m'), $cache->pull('m'), $cache->has('m'), $cache->missing('m')],
        [true, ['computed'], false, true]);
    equal($cache->get('m', 'default'), 'default');
});

test('many entries of the repository', function () use ($cache) {
    equal($cache->setMultiple(['a' => 'one', 'b' => 'two'], 100), true);
    equal($cache->getMultiple(['a', 'b', 'none'], 'default'),
        ['a' => 'one', 'b' => 'two', 'none' => 'default']);
    equal([$cache->deleteMultiple(['a', 'b']), $cache->get('a')], [true, null]);
});

test('a lock is held by one, and taken from it', function () use ($store, $r) {
    $lock = $store->lock('lock', 100);
    equal([$lock->get(), $store->lock('lock', 100)->get()], [true, false]);
    equal($r->get(stored('lock')), $lock->owner());
    between($r->ttl(stored('lock')), 90, 100);
    $store->lock('lock')->forceRelease();
    equal([$store->lock('lock')->get(), $r->ttl(stored('lock'))], [true, -1]);
});

test('a lock is released by its owner', function () use ($store) {
    $lock = $store->lock('released', 100);
    equal([$lock->get(), $store->lock('released', 100)->release()], [true, false]);
    equal([$lock->release(), $lock->get(fn () => 'done'), $lock->get()], [true, 'done', true]);
});

test('add', function () use ($store, $cache) {
    equal([$store->add('once', 'first', 100), $store->add('once', 'second', 100)], [true, false]);
    equal([$cache->get('once'), $cache->add('new', 1, 100)], ['first', true]);
});

test('a limit of attempts', function () use ($cache) {
    $limiter = new RateLimiter($cache);
    $answers = array_map(fn () => $limiter->attempt('mail', 2, fn () => 'sent'), [1, 2, 3]);
    equal($answers, ['sent', 'sent', false]);
});

test('tags', function () use ($cache) {
    $tagged = $cache->tags(['people', 'authors']);
    equal([$tagged->put('anne', 'value', 100), $tagged->get('anne')], [true, 'value']);
    equal([$cache->tags(['authors'])->flush(), $tagged->get('anne')], [true, null]);
});

test('flush empties its database alone', function () use ($store, $r) {
    $other = connect();
    $other->set(key_of('other'), 'stays');
    $store->put('k', 'value', 100);
    equal([$store->flush(), $store->get('k'), $r->dbSize()], [true, null, 0]);
    equal($other->get(key_of('other')), 'stays');
});
