# What the Ruby scripts share: cases, and the report that the runner reads.

require "redis"
require "securerandom"

$stdout.sync = true

module Compat
  HOST = ENV.fetch("COMPAT_HOST", "127.0.0.1")
  PORT = ENV.fetch("COMPAT_PORTS", "6379").split(",").first.to_i
  SKIP = ENV.fetch("COMPAT_SKIP", "").split("\n")
  PREFIX = "t#{SecureRandom.hex(4)}:"
  EACH_BYTE = (0..255).map(&:chr).join.b.freeze
  POLL_SECONDS = 15

  class Wrong < StandardError; end

  module_function

  def connect(**options)
    Redis.new(host: HOST, port: PORT, timeout: 20, reconnect_attempts: 0, **options)
  end

  def key(name)
    PREFIX + name
  end

  def equal(actual, expected)
    return if actual == expected
    raise Wrong, "expected #{expected.inspect[0, 300]}, got #{actual.inspect[0, 300]}"
  end

  def between(value, low, high)
    raise Wrong, "#{value} is not within #{low}..#{high}" unless value.between?(low, high)
  end

  # The server answers the block's command with an error that says `text`.
  def refused(text)
    answer = yield
  rescue Redis::CommandError => error
    return if error.message.include?(text)
    raise Wrong, "expected an error with #{text.inspect}, got #{error.message}"
  else
    raise Wrong, "expected an error with #{text.inspect}, got #{answer.inspect[0, 300]}"
  end

  # Asks again and again until the answer is as expected.
  def eventually(expected)
    deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + POLL_SECONDS
    until (answer = yield) == expected
      equal(answer, expected) if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline
      sleep(0.02)
    end
  end

  # Runs the block as a case and reports how it went: one case's failure must not hide the next.
  def test(title)
    return puts("skip #{title}") if SKIP.include?(title)
    yield
    puts "ok #{title}"
  rescue StandardError => error
    puts "FAIL #{title}", "    #{error.class}: #{error.message}"
    error.backtrace.grep(/redis-compat-tests/).each { |line| puts "    #{line}" }
  end
end

include Compat
