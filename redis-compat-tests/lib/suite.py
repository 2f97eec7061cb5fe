"""Which scripts there are, running one of them against one server, and counting what came out."""

import dataclasses
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import textwrap

from lib import conversation

FOLDER = pathlib.Path(__file__).resolve().parent.parent
# Each family of scripts is a folder, and its files end alike.
FAMILIES = {"cli": "rc", "kindred": "rc", "python": "py", "node": "js", "ruby": "rb", "php": "php",
            "hiredis": "cc"}
HELPERS = ("compat", "wire")
SCRIPT_SECONDS = 120
INSTALL_SECONDS = 300


@dataclasses.dataclass
class Target:
    """One server as a client sees it. ports[0] is spoken to, the others are its fellow nodes.
    `reference` is the port of a redis-server on the loopback address, for what is to be compared.
    `programs` is where the build has put what the sources in hiredis/ have become."""
    name: str
    host: str
    ports: list
    programs: pathlib.Path
    reference: int = 0
    cluster: bool = False
    kindred: bool = False


class Report:
    """Counts cases; prints one line per script and target, and the details of what failed."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def script(self, name, target, results):
        """`results`: a list of (case title, outcome, details), outcome: ok, FAIL, or skip."""
        counts = {outcome: sum(1 for result in results if result[1] == outcome)
                  for outcome in ("ok", "FAIL", "skip")}
        self.passed += counts["ok"]
        self.failed += counts["FAIL"]
        self.skipped += counts["skip"]
        words = [f"{counts['ok']} passed"]
        words += [f"{counts['FAIL']} failed"] if counts["FAIL"] else []
        words += [f"{counts['skip']} skipped"] if counts["skip"] else []
        verdict = "FAIL" if counts["FAIL"] else "ok"
        print(f"{verdict:<5}{name:<34} {target:<24} {', '.join(words)}", flush=True)
        for title, outcome, details in results:
            if outcome == "FAIL":
                print(f"     case: {title}\n{textwrap.indent(details, '       ')}", flush=True)

    def failure(self, name, target, details):
        self.script(name, target, [("(the whole script)", "FAIL", details)])

    def summary(self):
        line = f"{self.passed} passed, {self.failed} failed"
        return line + (f", {self.skipped} skipped" if self.skipped else "")


def scripts_for(target, only):
    """The scripts that apply to `target`, as paths relative to the folder."""
    found = [path for family, ending in FAMILIES.items()
             for path in sorted((FOLDER / family).glob(f"*.{ending}"))]
    names = []
    for path in found:
        name = str(path.relative_to(FOLDER))
        is_helper = path.stem in HELPERS
        is_for_cluster_face = path.stem.startswith("cluster")
        is_for_kindred = path.parent.name == "kindred"
        if (not is_helper and is_for_cluster_face == target.cluster
                and (target.kindred or not is_for_kindred) and (not only or only in name)):
            names.append(name)
    return names


def run_all(target, report, only, skips):
    for name in scripts_for(target, only):
        if reason := skips.reason(name):
            report.script(name, target.name, [("(the whole script)", "skip", reason)])
        elif name.endswith(".rc"):
            for resp in (2, 3):
                _run_conversation(name, target, resp, report, skips)
        else:
            _run_program(name, target, report, skips)


def _run_conversation(name, target, resp, report, skips):
    label = f"{name} RESP{resp}"
    player = conversation.Player(target.host, target.ports, resp)
    try:
        cases = conversation.parse((FOLDER / name).read_text(), resp)
        player.flush()
        results = [_play(player, name, case, skips) for case in cases]
        skips.searched(name, results)
        report.script(label, target.name, results)
    except (ValueError, conversation.ConversationError) as error:
        report.failure(label, target.name, str(error))
    finally:
        player.close()


def _play(player, name, case, skips):
    if reason := skips.reason(f"{name}/{case.title}"):
        return case.title, "skip", reason
    try:
        player.play(case)
    except conversation.ConversationError as error:
        return case.title, "FAIL", str(error)
    return case.title, "ok", ""


def _run_program(name, target, report, skips):
    command = _command_for(name, target)
    if name.endswith(".js"):
        if problem := install_node_modules():
            report.failure(name, target.name, problem)
            return
    environment = dict(os.environ, COMPAT_HOST=target.host,
                       COMPAT_PORTS=",".join(map(str, target.ports)),
                       COMPAT_REFERENCE=str(target.reference),
                       COMPAT_SKIP="\n".join(skips.titles(name)), PYTHONDONTWRITEBYTECODE="1")
    code, output = _call(command, environment, SCRIPT_SECONDS)
    results = _read_results(output)
    if code != 0:
        results.append(("(the whole script)", "FAIL", f"it ended with {code}\n{output[-3000:]}"))
    elif not results:
        results.append(("(the whole script)", "FAIL", "it reported no case"))
    else:
        skips.searched(name, results)
    report.script(name, target.name, results)


def _command_for(name, target):
    """The languages are Debian's, as their client libraries are; Node.js may be another."""
    family, script = name.split("/")
    if family == "hiredis":
        return [str(target.programs / pathlib.Path(script).stem)]
    interpreter = {"python": "/usr/bin/python3", "node": shutil.which("node") or "node",
                   "ruby": "/usr/bin/ruby", "php": "/usr/bin/php"}[family]
    return [interpreter, str(FOLDER / name)]


def _call(command, environment, seconds, folder=None):
    """Exit code (or what went wrong) and all output; the whole group ends at the deadline."""
    try:
        process = subprocess.Popen(command, env=environment, cwd=folder, start_new_session=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
    except OSError as error:
        return str(error), ""
    code = None
    try:
        output, _ = process.communicate(timeout=seconds)
        code = process.returncode
    except subprocess.TimeoutExpired:
        code = f"no end within {seconds} s"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
    return code, output.decode("utf-8", "replace")


def _read_results(output):
    """Scripts print "ok TITLE", "skip TITLE" or "FAIL TITLE", and details with four blanks."""
    results = []
    for line in output.splitlines():
        outcome, _, title = line.partition(" ")
        if outcome in ("ok", "FAIL", "skip") and title:
            results.append((title, outcome, ""))
        elif results and results[-1][1] == "FAIL":
            results[-1] = results[-1][:2] + (results[-1][2] + line[4:] + "\n",)
    return results


_install_outcome = []


def install_node_modules():
    """npm ci, when node_modules is missing or older than the lock file; a problem, or None. Of
    runs side by side one installs, and the others wait for it."""
    if not _install_outcome:
        with open(FOLDER / "node" / "package-lock.json", "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _install_outcome.append(_install_unless_installed(os.fstat(lock.fileno())))
    return _install_outcome[0]


def _install_unless_installed(lock):
    installed = FOLDER / "node" / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.st_mtime:
        return None
    code, output = _call(["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"],
                         dict(os.environ), INSTALL_SECONDS, FOLDER / "node")
    if code == 0:
        os.utime(installed)
        return None
    return f"npm ci ended with {code}\n{output[-2000:]}"
