<?php
// phpredis, which Laravel, Symfony and most PHP programs use, and its session handler.
declare(strict_types=1);

require __DIR__ . '/compat.php';

$r = connect();
$r->flushAll();

test('set and get, any bytes', function () use ($r) {
    equal($r->set(key_of('k'), 'value'), true);
    equal($r->get(key_of('k')), 'value');
    equal($r->set(key_of('b') . EACH_BYTE, EACH_BYTE), true);
    equal($r->get(key_of('b') . EACH_BYTE), EACH_BYTE);
    equal($r->get(key_of('none')), false);
});

test('the options of set', function () use ($r) {
    $k = key_of('options');
    equal($r->set($k, '1', ['nx', 'ex' => 100]), true);
    equal($r->set($k, '2', ['nx']), false);
    equal($r->set($k, '3', ['xx', 'px' => 50000]), true);
    between($r->pttl($k), 40000, 50000);
    equal($r->set($k, '4', 100), true);
    between($r->ttl($k), 90, 100);
    equal([$r->setnx($k, '5'), $r->setex($k, 100, '6'), $r->psetex($k, 100000, '7')],
        [false, true, true]);
    equal([$r->getSet($k, '8'), $r->get($k), $r->ttl($k)], ['7', '8', -1]);
});

test('counters', function () use ($r) {
    $k = key_of('counter');
    equal([$r->incr($k), $r->incrBy($k, 41), $r->decr($k), $r->decrBy($k, 1)], [1, 42, 41, 40]);
    equal($r->incrByFloat($k, 1.5), 41.5);
    equal($r->incr($k), false);
    // phpredis leaves a zero byte at the end.
    equal(rtrim($r->getLastError(), "\0"), 'ERR value is not an integer or out of range');
    $r->clearLastError();
});

test('parts of strings', function () use ($r) {
    $k = key_of('string');
    equal([$r->append($k, 'hello'), $r->strlen($k), $r->getRange($k, 1, -2)], [5, 5, 'ell']);
    equal([$r->setRange($k, 4, 'p!'), $r->get($k)], [6, 'hellp!']);
    equal([$r->setBit($k, 7, true), $r->getBit($k, 7), $r->bitcount($k)], [0, 1, 21]);
    equal($r->bitpos(key_of('none'), 1), -1);
});

test('many keys', function () use ($r) {
    [$a, $b, $none] = [key_of('a'), key_of('b'), key_of('none')];
    equal($r->mset([$a => '1', $b => '2']), true);
    equal($r->mget([$a, $none, $b]), ['1', false, '2']);
    equal([$r->exists($a, $b, $none), $r->del($a, $none), $r->unlink([$b])], [2, 1, 1]);
});

test('several keys at one moment', function () use ($r) {
    [$a, $b] = [key_of('{m}a'), key_of('{m}b')];
    equal([$r->msetnx([$a => '1', $b => '2']), $r->msetnx([$a => '3'])], [true, false]);
    equal([$r->rename($a, $b), $r->get($b), $r->renameNx($b, $a)], [true, '1', true]);
});

test('expiry', function () use ($r) {
    $k = key_of('expiring');
    $r->set($k, 'v');
    equal([$r->ttl($k), $r->expire($k, 100), $r->persist($k), $r->persist($k)],
        [-1, true, true, false]);
    equal([$r->expireAt($k, 4102444800), $r->pexpireAt($k, 4102444800000)], [true, true]);
    equal($r->ttl(key_of('none')), -2);
    $r->pexpire($k, 30);
    eventually(fn () => $r->exists($k), 0);
});

test('keys and scans', function () use ($r) {
    $names = array_map(fn ($n) => key_of("scan:$n"), range(1000, 1299));
    foreach ($names as $name) {
        $r->set($name, '1');
    }
    $r->setOption(Redis::OPT_SCAN, Redis::SCAN_RETRY);
    $found = [];
    $cursor = null;
    while ($page = $r->scan($cursor, key_of('scan:*'), 70)) {
        $found = array_merge($found, $page);
    }
    $found = array_unique($found);
    sort($found);
    equal($found, $names);
    equal(count($r->keys(key_of('scan:*'))), 300);
    equal($r->type($names[0]), Redis::REDIS_STRING);
    equal($r->del($names), 300);
});

test('pipelines', function () use ($r) {
    $k = key_of('pipe');
    equal($r->pipeline()->set($k, '1')->incr($k)->get($k)->exec(), [true, 2, '2']);
    $pipe = $r->multi(Redis::PIPELINE);
    for ($i = 0; $i < 5000; $i++) {
        $pipe->incr($k);
    }
    equal($pipe->exec(), range(3, 5002));
});

test('transactions', function () use ($r) {
    $k = key_of('multi');
    equal($r->multi()->set($k, '1')->incr($k)->get($k)->exec(), [true, 2, '2']);
    $r->multi()->set($k, 'never');
    equal($r->discard(), true);
    equal($r->get($k), '2');
});

test('a watched key', function () use ($r) {
    $k = key_of('watched');
    $r->watch($k);
    connect()->set($k, 'theirs');
    equal($r->multi()->set($k, 'ours')->exec(), false);
    equal($r->get($k), 'theirs');
});

test('serialized and prefixed', function () {
    $own = connect();
    $own->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_PHP);
    $own->setOption(Redis::OPT_PREFIX, key_of('own:'));
    $value = ['list' => [1, 2.5, null], 'text' => "\u{e4}"];
    $own->set('k', $value);
    equal($own->get('k'), $value);
    equal($own->mget(['k', 'none']), [$value, false]);
    equal(connect()->get(key_of('own:k')), serialize($value));
    equal([$own->del('k'), $own->exists('k')], [1, 0]);
});

test('databases and names', function () use ($r) {
    $other = connect();
    equal([$other->select(5), $other->set(key_of('k5'), 'five')], [true, true]);
    equal([$r->exists(key_of('k5')), $other->dbSize(), $other->getDBNum()], [0, 1, 5]);
    equal([$other->client('setname', 'somebody'), $other->client('getname')], [true, 'somebody']);
    equal([$other->flushDB(), $other->dbSize()], [true, 0]);
});

test('what the server says of itself', function () use ($r) {
    equal([$r->ping(), $r->ping('text'), $r->echo('hello')], [true, 'text', 'hello']);
    equal($r->info()['redis_mode'], 'standalone');
    equal($r->config('GET', 'databases'), ['databases' => '16']);
    between((int) $r->time()[0], time() - 60, time() + 60);
    equal($r->rawcommand('NOSUCH', 'x'), false);
    equal($r->getLastError(), "ERR unknown command 'NOSUCH', with args beginning with: 'x' ");
    $r->clearLastError();
    equal($r->role()[0], 'master');
    equal($r->object('encoding', key_of('k')), 'embstr');
});

test('DUMP and RESTORE', function () use ($r) {
    [$k, $copy] = [key_of('k'), key_of('restored')];
    equal($r->restore($copy, 0, $r->dump($k)), true);
    equal($r->get($copy), $r->get($k));
});

test('a connection that was closed comes back', function () use ($r) {
    $lasting = connect();
    $id = $lasting->rawcommand('CLIENT', 'ID');
    equal($r->rawcommand('CLIENT', 'KILL', 'ID', (string) $id), 1);
    // phpredis sees that a connection is closed before it sends, not when it waits for the reply.
    eventually(fn () => array_search($id, array_column($r->client('list'), 'id')), false);
    equal($lasting->get(key_of('k')), 'value');
});

test('persistent connections', function () {
    foreach ([1, 2, 3] as $time) {
        $kept = new Redis();
        equal($kept->pconnect(HOST, PORT, TIMEOUT_SECONDS, 'kept', 0, TIMEOUT_SECONDS), true);
        equal($kept->incr(key_of('kept')), $time);
        $kept->close();
    }
});

// One visit of a web page: what is in the session, and what the page leaves there.
function visit(string $id, ?callable $page = null): array
{
    session_id($id);
    equal(session_start(['use_cookies' => 0, 'cache_limiter' => '']), true);
    if ($page) {
        $page();
    }
    $seen = $_SESSION;
    session_write_close();
    $_SESSION = [];
    return $seen;
}

function with_sessions(array $settings): void
{
    ini_set('session.save_handler', 'redis');
    ini_set('session.save_path', 'tcp://' . HOST . ':' . PORT . '?prefix=' . key_of('session:'));
    foreach ($settings as $name => $value) {
        ini_set($name, $value);
    }
}

test('sessions', function () use ($r) {
    with_sessions(['session.gc_maxlifetime' => '1000']);
    equal(visit('visitor1'), []);
    visit('visitor1', fn () => $_SESSION['cart'] = ['apple', 3]);
    equal(visit('visitor1'), ['cart' => ['apple', 3]]);
    equal(visit('visitor2'), []);
    between($r->ttl(key_of('session:visitor1')), 990, 1000);
});

test('a session gets a new id and ends', function () use ($r) {
    with_sessions([]);
    $id = '';
    visit('visitor3', function () use (&$id) {
        $_SESSION['user'] = 7;
        session_regenerate_id(true);
        $id = session_id();
    });
    equal(visit($id), ['user' => 7]);
    equal($r->exists(key_of('session:visitor3')), 0);
    session_id($id);
    session_start(['use_cookies' => 0, 'cache_limiter' => '']);
    session_destroy();
    equal($r->exists(key_of("session:$id")), 0);
});

test('a session that has not changed is prolonged', function () use ($r) {
    with_sessions(['session.lazy_write' => '1', 'session.gc_maxlifetime' => '1000']);
    visit('visitor4', fn () => $_SESSION['user'] = 7);
    $r->expire(key_of('session:visitor4'), 100);
    visit('visitor4');
    between($r->ttl(key_of('session:visitor4')), 990, 1000);
});

test('sessions with a lock', function () use ($r) {
    with_sessions(['redis.session.locking_enabled' => '1', 'redis.session.lock_expire' => '5']);
    visit('visitor5', function () use ($r) {
        $_SESSION['user'] = 7;
        equal($r->exists(key_of('session:visitor5') . '_LOCK'), 1);
    });
    equal($r->exists(key_of('session:visitor5') . '_LOCK'), 0);
    ini_set('redis.session.locking_enabled', '0');
    equal(visit('visitor5'), ['user' => 7]);
});
