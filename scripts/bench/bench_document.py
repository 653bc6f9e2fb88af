"""The page docs/benchmarks.md: its generated blocks are made from docs/benchmarks/*.json.

A block stands between `<!-- begin NAME ... -->` and `<!-- end NAME -->`. NAME is a benchmark, whose
figures and tables it shows, or `results`: every figure with a target, of all benchmarks.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

import bench_tools as tools
import catalogue

PAGE = tools.REPOSITORY / "docs/benchmarks.md"
FOLDER = tools.REPOSITORY / "docs/benchmarks"
RESULTS = "results"
WIDTH = 100

OLDER = "**older than what it measures**"
UNKNOWN = "**of a commit that this clone lacks**"
CHANGED = "**with changes not committed**"
BLOCK = re.compile(r"(<!-- begin (\w+)[^>]*-->\n)(.*?)(<!-- end \2 -->)", re.DOTALL)

Age = Callable[[tools.Results], str]


class DocumentError(Exception):
    """What is wrong with the page or with a file that it is made from, for people."""


def read_results(folder: Path = FOLDER) -> dict[str, tools.Results]:
    """By name of the benchmark, in the order of the catalogue."""
    known = {benchmark.name for benchmark in catalogue.BENCHMARKS}
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            results = tools.Results.from_json(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DocumentError(f"{path.name}: {error}") from error
        if results.benchmark != path.stem or path.stem not in known:
            raise DocumentError(f"{path.name} is of '{results.benchmark}': no such benchmark")
        if results.smoke:
            raise DocumentError(f"{path.name} is of a smoke run, which measures nothing")
        found[path.stem] = results
    return {name: found[name] for name in (b.name for b in catalogue.BENCHMARKS) if name in found}


def age_by_git(results: tools.Results) -> str:
    """What has to be said about how old the figures are; "" if nothing."""
    benchmark = catalogue.find(results.benchmark)
    if results.changed:
        return CHANGED
    if benchmark is None or not results.commit:
        return UNKNOWN
    changed = tools.git("diff", "--name-only", results.commit, "--", *benchmark.measures)
    if changed is None:
        return UNKNOWN
    return OLDER if changed else ""


def no_age(_: tools.Results) -> str:
    return ""


def without_ages(page: str) -> str:
    """The page as if all figures were new: what is old is a matter of commits, not of hands."""
    for mark in (OLDER, UNKNOWN, CHANGED):
        page = page.replace(f", {mark}", "").replace(f"This is {mark}.\n", "")
    return page


def results_table(everything: Iterable[tools.Results], age: Age) -> str:
    rows = [["what", "figure", "95 % interval", "target", "met", "measured"]]
    for results in everything:
        mark = age(results)
        when = f"{results.date[:10]}, `{results.commit[:7]}`" + (f", {mark}" if mark else "")
        for one in results.figures:
            if one.target:
                figure = tools.number(one.value, one.unit)
                cells = [one.what, figure, tools.interval(one), one.target, tools.verdict(one)]
                rows.append([*cells, when])
    return tools.markdown(rows) + "\n"


def origin(results: tools.Results, age: Age) -> str:
    """One paragraph: when, at which commit, where and with which command."""
    here = results.machine
    build = f", {results.build} build" if results.build else ""
    loads = here.get("load_average")
    busy = f", load average {loads[0]} before" if loads else ""
    text = (
        f"Measured on {results.date[:10]} at `{results.commit[:7]}`: {here['cpu']}, "
        f"{here['cores']} cores{busy}{build}; `{results.command}`."
    )
    wrapped = textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    mark = age(results)
    return wrapped + "\n" + (f"This is {mark}.\n" if mark else "")


def block(name: str, everything: dict[str, tools.Results], age: Age) -> str:
    if name == RESULTS:
        return results_table(everything.values(), age)
    if name not in everything:
        raise DocumentError(f"the page has a block '{name}', but docs/benchmarks no {name}.json")
    results = everything[name]
    return tools.tables_text(results) + "\n\n" + origin(results, age)


def render(page: str, everything: dict[str, tools.Results], age: Age) -> str:
    """The page with every block made anew."""
    blocks = [found.group(2) for found in BLOCK.finditer(page)]
    if sorted(blocks) != sorted([RESULTS, *everything]):
        wanted = ", ".join(sorted([RESULTS, *everything]))
        raise DocumentError(f"the page has blocks {', '.join(sorted(blocks))}; it needs {wanted}")
    if len(re.findall(r"^<!-- (?:begin|end) ", page, re.MULTILINE)) != 2 * len(blocks):
        raise DocumentError("a block of the page begins and does not end")
    return BLOCK.sub(
        lambda found: f"{found[1]}\n{block(found[2], everything, age)}\n{found[4]}", page
    )


def unmatched_sources() -> list[str]:
    """Paths of the catalogue that no file under version control has: they moved, or never were."""
    unmatched = []
    for benchmark in catalogue.BENCHMARKS:
        for path in benchmark.measures:
            if tools.git("ls-files", "--", path) == "":
                unmatched.append(f"{benchmark.name}: {path}")
    return unmatched


def find_problems(page: str, everything: dict[str, tools.Results]) -> list[str]:
    """Whether the page is what the files render to. Marks of age are not looked at."""
    problems = [f"catalogue.py: no file is at {path}" for path in unmatched_sources()]
    rendered = render(page, everything, no_age)
    for ours, theirs in zip(BLOCK.finditer(rendered), BLOCK.finditer(page), strict=True):
        if without_ages(ours[3]) != without_ages(theirs[3]):
            problems.append(
                f"block '{ours[2]}' is not what docs/benchmarks holds: edited by hand, or not "
                "rendered after a measurement; run scripts/bench/run_all --render"
            )
    return problems
