"""Add up pytest's JUnit reports into one summary line like pytest's own."""

from pathlib import Path
import sys
from xml.etree import ElementTree as ET


def summarise(seconds: str, reports: list[Path]) -> str:
    """Return the line for all reports together, which took `seconds` by the clock."""
    suites = [suite for report in reports for suite in ET.parse(report).getroot().iter("testsuite")]  # noqa: S314 - our own reports

    def total(name: str) -> int:
        return sum(int(suite.get(name, "0")) for suite in suites)

    failed, errors, skipped = total("failures"), total("errors"), total("skipped")
    passed = total("tests") - failed - errors - skipped
    counts = {"failed": failed, "passed": passed, "skipped": skipped, "errors": errors}
    words = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "no tests ran"
    return f" {words} in {seconds}s ".center(80, "=")


if __name__ == "__main__":
    print(summarise(sys.argv[1], [Path(argument) for argument in sys.argv[2:]]))
