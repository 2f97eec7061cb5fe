"""skip.txt: the known gaps of Kindred, and whether each of its lines still skips something."""


class Skips:
    """`reasons`: {script or "script/case title": reason}; scripts are paths below `folder`."""

    def __init__(self, folder, reasons):
        self._folder = folder
        self._reasons = reasons
        self._used = set()
        self._searched = set()  # Scripts whose cases were all there to be skipped.

    def reason(self, name):
        """Why a script, or a case of one, is to be skipped; None if it is not."""
        if name in self._reasons:
            self._used.add(name)
        return self._reasons.get(name)

    def titles(self, script):
        """The cases of a script that are to be skipped."""
        return [name[len(script) + 1:] for name in self._reasons if name.startswith(script + "/")]

    def searched(self, script, results):
        """The script ran to its end; `results` are those of Report.script."""
        skipped = {f"{script}/{title}" for title, outcome, _ in results if outcome == "skip"}
        self._used |= skipped & self._reasons.keys()
        # What leaves out cases on its own, as with an old Node.js, does not show them all.
        if skipped <= self._reasons.keys():
            self._searched.add(script)

    def unused(self):
        """The lines that skipped nothing, of scripts that ran and of scripts that are not there. A
        script that did not run in this part tells nothing."""
        return [name for name in self._reasons
                if name not in self._used and self._is_known("/".join(name.split("/")[:2]))]

    def _is_known(self, script):
        return script in self._searched or not (self._folder / script).is_file()


def read(folder):
    """The skip.txt of the folder."""
    reasons = {}
    for line in (folder / "skip.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, colon, reason = line.partition(": ")
            if not colon or not reason.strip():
                raise ValueError(f"skip.txt: no reason given: {line}")
            reasons[name] = reason
    return Skips(folder, reasons)


def none(folder):
    """For the reference, of which nothing is skipped."""
    return Skips(folder, {})
