"""All benchmarks of this folder, and which sources each one's figures are about.

A figure is older than what it measures when one of those sources changed since its commit.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Benchmark:
    """`name` is that of the script, of docs/benchmarks/<name>.json and of the block in the page."""

    name: str
    measures: tuple[str, ...]  # git's pathspecs
    quick: bool = True  # part of run_all without options: minutes for all of them together
    options: tuple[str, ...] = ()  # that run_all gives it


# What any program of ours is built from and with.
BUILD = ("CMakePresets.json", "cmake", "scripts/versions.env")
# What stands between a request and the model: the harness without reports and databases.
WORKER = ("harness/base", "harness/measure", "harness/model", "harness/run", "runtime/engine")

BENCHMARKS = (
    Benchmark(
        "harness_overhead",
        (*WORKER, *BUILD, "tests/bench/bare_loop.cpp", "scripts/bench/overhead_pairs.py"),
        options=("--pairs", "10"),
    ),
    Benchmark("worker_memory", ("harness", "runtime", *BUILD, "tests/bench/bare_loop.cpp")),
    Benchmark(
        "command_times",
        ("harness", "runtime", "suites", "golden", *BUILD),
        options=("--suite-runs", "2"),
    ),
    Benchmark(
        "micro",
        ("harness/compare", "harness/measure", "harness/stats", "harness/store", "golden")
        + ("suites/*log_mel*", "reports", "tests/bench/*_bench.cpp", *BUILD),
        options=("--repetitions", "5"),
    ),
    Benchmark(
        "voice_chain",
        ("harness/pipeline", "harness/generate", "runtime", "suites", *BUILD),
    ),
    Benchmark(
        "devices",
        ("harness/device", "tests/device/adbd_farm.py", *BUILD),
        options=("--rounds", "5"),
    ),
    Benchmark("merge", ("harness/store", *BUILD)),
    Benchmark(
        "sdpa", ("runtime/kernels", "tests/bench/sdpa_bench.cpp", "tests/bench/machine_peak*")
    ),
    Benchmark(
        "quickstart_time",
        ("CMakeLists.txt", "harness", "runtime", "suites", "reports", "golden", "datasets/*.cpp")
        + ("scripts/quickstart", "scripts/bootstrap", *BUILD),
        quick=False,
    ),
    Benchmark(
        "year_of_nightlies",
        ("harness/store", "harness/gate", "harness/stats", "reports", *BUILD)
        + ("tests/bench/year_of_nightlies.cpp",),
        quick=False,
    ),
    Benchmark(
        "gate_power",
        ("harness/gate", "harness/run", "harness/measure", "harness/stats", *BUILD)
        + ("tests/bench/gate_power.cpp", "tests/fakes/slowed_engine*"),
        quick=False,
    ),
    Benchmark("export_time", ("scripts/requirements-export.txt", "scripts/*/llm/*"), quick=False),
)


def find(name: str) -> Benchmark | None:
    return next((benchmark for benchmark in BENCHMARKS if benchmark.name == name), None)
