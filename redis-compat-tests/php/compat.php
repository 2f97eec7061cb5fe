<?php
// What the PHP scripts share: cases, and the report that the runner reads.
declare(strict_types=1);

const POLL_SECONDS = 15;
const TIMEOUT_SECONDS = 20.0;
define('HOST', getenv('COMPAT_HOST') ?: '127.0.0.1');
define('PORT', (int) explode(',', getenv('COMPAT_PORTS') ?: '6379')[0]);
define('SKIP', explode("\n", getenv('COMPAT_SKIP') ?: ''));
define('PREFIX', 't' . bin2hex(random_bytes(4)) . ':');
define('EACH_BYTE', implode('', array_map('chr', range(0, 255))));

error_reporting(E_ALL);
set_error_handler(function (int $level, string $text, string $file, int $line) {
    throw new ErrorException($text, 0, $level, $file, $line);
});

function connect(): Redis
{
    $redis = new Redis();
    $redis->connect(HOST, PORT, TIMEOUT_SECONDS, null, 0, TIMEOUT_SECONDS);
    return $redis;
}

function key_of(string $name): string
{
    return PREFIX . $name;
}

function shown($value): string
{
    return substr(var_export($value, true), 0, 300);
}

function equal($actual, $expected): void
{
    if ($actual !== $expected) {
        throw new Exception('expected ' . shown($expected) . ', got ' . shown($actual));
    }
}

function between($value, $low, $high): void
{
    if ($value < $low || $value > $high) {
        throw new Exception(shown($value) . " is not within $low..$high");
    }
}

// Asks again and again until the answer is as expected.
function eventually(callable $ask, $expected): void
{
    $deadline = microtime(true) + POLL_SECONDS;
    while (($answer = $ask()) !== $expected) {
        if (microtime(true) > $deadline) {
            equal($answer, $expected);
        }
        usleep(20000);
    }
}

// Past PHP's own output, which would be the end of all session settings.
function report(string $line): void
{
    fwrite(STDOUT, $line . "\n");
}

// Runs a case and reports how it went: one case's failure must not hide the next.
function test(string $title, callable $body): void
{
    if (in_array($title, SKIP, true)) {
        report("skip $title");
        return;
    }
    try {
        $body();
        report("ok $title");
    } catch (Throwable $error) {
        report("FAIL $title");
        report('    ' . get_class($error) . ': ' . $error->getMessage());
        foreach (explode("\n", $error->getTraceAsString()) as $line) {
            report("    $line");
        }
    }
}
