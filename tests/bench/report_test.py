"""What the benchmark reads and writes, without any server: see compare.py."""

import pathlib
import sys
import types

sys.dont_write_bytecode = True
import load  # noqa: E402
import report  # noqa: E402
from compare import Row, works_of  # noqa: E402
from load import Figures, LoadError, Work  # noqa: E402
from servers import kindred  # noqa: E402

GET = Work("get", 1)
PUT = Work("set", 1, "kindred_load")
PUT_WAIT = Work("set-wait", 1, "kindred_load")
ROW = Row("three nodes, GET", "kindred_three", GET, "redis_cluster", GET, 1.0, 10.0)


def table_line(ours, ours_half, peer, row=ROW):
    """The line of a row, of rounds of (full, at half) figures."""
    results = report.Results()
    for full, half in zip(ours, ours_half):
        results.add(row.ours, row.work, full, half, ["kindred_load"])
    for full in peer:
        results.add(row.peer, row.peer_work, full, Figures(full.rate / 2, 1, 2), ["kindred_load"])
    for server in (row.ours, row.peer):
        results.add_group(server, 100, "server")
    options = types.SimpleNamespace(rounds=len(ours), seconds=1, keys=1000)
    text = report.markdown([row], results, options, {"machine": "a test"})
    return next(line for line in text.splitlines() if line.startswith(f"| {row.name}"))


def test_the_table_holds_the_medians_of_the_rounds(_):
    line = table_line([Figures(rate, 1, 2, 8) for rate in (900, 100, 800)],
                      [Figures(400, 1, p99) for p99 in (5, 90, 4)],
                      [Figures(1000, 1, 2, 4)] * 3)
    assert "| 800 | 1,000 | 0.80 (0.10-0.90) | 1, missed |" in line, line
    assert "5.00 (under 10: met)" in line, line


def test_half_a_load_that_was_not_kept_up_is_told(_):
    line = table_line([Figures(2000, 1, 2)], [Figures(700, 1, 30)], [Figures(1000, 1, 2)])
    assert "1, met" in line, line
    assert "30.00 (held only 700/s) (under 10: missed)" in line, line


def test_a_row_without_target_is_not_judged(_):
    row = Row("SET", "kindred_three", PUT, "redis_cluster", PUT_WAIT)
    line = table_line([Figures(1, 1, 2)], [Figures(0.5, 1, 50)], [Figures(1000, 1, 2)], row)
    assert "met" not in line and "missed" not in line, line


def test_nothing_is_measured_twice(_):
    rows = [Row("a", "kindred_three", PUT, "redis_cluster", PUT_WAIT),
            Row("b", "kindred_three", PUT, "redis_cluster", PUT)]
    assert works_of(rows) == {"kindred_three": [PUT], "redis_cluster": [PUT_WAIT, PUT]}


def test_only_what_is_between_the_marks_is_replaced(directory):
    document = pathlib.Path(directory) / "performance.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    report.check_marks(document)
    report.write(document, "new\ntable")
    assert document.read_text(encoding="utf-8") == (
        f"before\n{report.BEGIN}\nnew\ntable\n{report.END}\nafter\n")


def test_a_document_without_marks_is_refused(directory):
    document = pathlib.Path(directory) / "performance.md"
    document.write_text(f"{report.END}\n{report.BEGIN}\n", encoding="utf-8")
    try:
        report.check_marks(document)
    except SystemExit:
        return
    raise AssertionError("accepted")


def test_the_output_of_redis_benchmark_is_read(_):
    head = ('"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms",'
            '"p99_latency_ms","max_latency_ms"\n')
    assert load.parse_csv(head + '"GET key","1000.50","0.3","0.1","0.25","0.5","1.75","3"\n') == (
        Figures(1000.5, 0.25, 1.75))
    nothing_answered = '"GET key","0.00","0","0","0","0","0","0"\n'
    for wrong in ("", head, head + nothing_answered, "Could not connect"):
        try:
            load.parse_csv(wrong)
        except LoadError:
            continue
        raise AssertionError(f"accepted {wrong!r}")


if __name__ == "__main__":
    kindred.run(globals())
