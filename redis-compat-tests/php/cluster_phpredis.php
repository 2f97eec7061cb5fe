<?php
// phpredis's client for clusters, and its session handler.
declare(strict_types=1);

require __DIR__ . '/compat.php';

function connect_cluster(): RedisCluster
{
    return new RedisCluster(null, [HOST . ':' . PORT], TIMEOUT_SECONDS, TIMEOUT_SECONDS);
}

$c = connect_cluster();
foreach ($c->_masters() as $node) {
    $c->flushAll($node);
}

test('keys of all nodes', function () use ($c) {
    for ($i = 0; $i < 300; $i++) {
        equal($c->set(key_of("k$i"), "value $i"), true);
    }
    for ($i = 0; $i < 300; $i++) {
        equal($c->get(key_of("k$i")), "value $i");
    }
    $count = array_sum(array_map(fn ($node) => $c->dbSize($node), $c->_masters()));
    equal($count, 300);
});

test('many keys are split', function () use ($c) {
    $pairs = [];
    for ($i = 0; $i < 100; $i++) {
        $pairs[key_of("many$i")] = "$i";
    }
    equal($c->mset($pairs), true);
    equal($c->mget(array_keys($pairs)), array_values($pairs));
    equal($c->exists(key_of('many1')), 1);
    equal($c->del(array_keys($pairs)), 100);
});

test('options, counters and expiry', function () use ($c) {
    $k = key_of('options');
    equal($c->set($k, '1', ['nx', 'ex' => 100]), true);
    equal($c->set($k, '2', ['nx']), false);
    equal([$c->incr($k), $c->incrBy($k, 40), $c->append($k, '0')], [2, 42, 3]);
    between($c->ttl($k), 90, 100);
    equal([$c->persist($k), $c->pexpire($k, 30)], [true, true]);
    eventually(fn () => $c->get($k), false);
});

test('scans of each node find all', function () use ($c) {
    $names = array_map(fn ($n) => key_of("scan:$n"), range(1000, 1199));
    foreach ($names as $name) {
        $c->set($name, '1');
    }
    $found = [];
    foreach ($c->_masters() as $node) {
        $cursor = null;
        do {
            $page = $c->scan($cursor, $node, key_of('scan:*'), 50);
            $found = array_merge($found, $page ?: []);
        } while ($cursor > 0);
    }
    $found = array_unique($found);
    sort($found);
    equal($found, $names);
});

test('several keys of one slot', function () use ($c) {
    [$a, $b] = [key_of('{tag}a'), key_of('{tag}b')];
    equal($c->msetnx([$a => '1', $b => '2'])[0], 1);
    equal([$c->rename($a, $b), $c->get($b)], [true, '1']);
});

test('transactions', function () {
    $c = connect_cluster();
    $k = key_of('{multi}');
    $c->multi();
    $c->set($k, '1');
    $c->incr($k);
    $c->get($k);
    equal($c->exec(), [true, 2, '2']);
});

test('what a node says of itself', function () use ($c) {
    $node = $c->_masters()[0];
    equal($c->ping($node), true);
    equal($c->echo($node, 'hello'), 'hello');
    equal($c->info($node)['redis_mode'], 'cluster');
    $slot = $c->cluster($node, 'KEYSLOT', 'k');
    equal($slot, 7629);
    equal($c->get(key_of('none')), false);
    equal($c->incr(key_of('k1')), false);
    equal($c->getLastError(), 'ERR value is not an integer or out of range');
});

test('sessions', function () use ($c) {
    ini_set('session.save_handler', 'rediscluster');
    ini_set('session.save_path', http_build_query(
        ['seed' => [HOST . ':' . PORT], 'timeout' => 20, 'read_timeout' => 20,
         'prefix' => key_of('session:')]));
    foreach ([[], ['visits' => 1], ['visits' => 2]] as $before) {
        session_id('visitor');
        equal(session_start(['use_cookies' => 0, 'cache_limiter' => '']), true);
        equal($_SESSION, $before);
        $_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
        session_write_close();
        $_SESSION = [];
    }
    between($c->ttl(key_of('session:visitor')), 1, 1440);
});
