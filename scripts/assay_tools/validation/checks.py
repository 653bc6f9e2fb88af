"""Judges models, and the users' known checks on what came out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from assay_tools.common.provenance import sha256_of
from assay_tools.validation.execution import execute
from assay_tools.validation.inventory import Model, Suite, signature, suite_for
from assay_tools.validation.program import AssayError, ask
from assay_tools.validation.scoring import Judgement, score
from assay_tools.validation.worker import WorkerError

QUIET_CASES = ("silence-digital", "noise-white", "noise-pink")
SPEECH_CASES = ("speech-clean-1", "human-reading", "human-commands")
LEAST_F1 = 0.87  # of the reference 0.902 at worst; suites/vad.json
LARGEST_TOTAL = 1_000_000_000  # bytes


def judge(assay: Path, models: Sequence[Model], say: Callable[[Judgement], None]) -> list[Judgement]:
    """Load, run and score each model; `say` gets each judgement as soon as it is known."""
    judged: list[Judgement] = []

    def done(judgement: Judgement) -> None:
        judged.append(judgement)
        say(judgement)

    by_suite: dict[Path, tuple[Suite, list[Model]]] = {}
    alone: list[Model] = []
    for model in models:
        checked = _open(assay, model)
        if isinstance(checked, Judgement):
            done(checked)
        elif checked.suite is None:
            alone.append(checked)
        else:
            by_suite.setdefault(checked.suite.path, (checked.suite, []))[1].append(checked)
    for suite, members in by_suite.values():
        for judgement in score(assay, suite, members):
            done(judgement)
    for model in alone:
        try:
            done(Judgement(model, True, execute(assay, model.path)))
        except WorkerError as error:
            done(Judgement(model, False, str(error).replace(f"'{model.path}'", "the file")))
    return judged


def _open(assay: Path, model: Model) -> Model | Judgement:
    """The model with the suite that knows it, or why it cannot even be opened."""
    if not model.path.is_file():
        return Judgement(model, False, "the file is not there" + ("; scripts/full_tier makes it" if model.suite else ""))
    try:
        methods = {method["name"]: method for method in ask(assay, "inspect", model.path)["methods"]}
    except AssayError as error:
        return Judgement(model, False, str(error).replace(f"'{model.path}' ", "the file "))
    if model.suite is not None and model.variant is not None:
        promised = model.variant.get("sha256")
        if promised and sha256_of(model.path) != promised:
            return Judgement(model, False, f"not the file that suite {model.suite.name} names: its SHA-256 is another")
        return model
    if "forward" not in methods:
        return Judgement(model, False, f"it has no method 'forward', only {', '.join(sorted(methods)) or 'none'}")
    forward = methods["forward"]
    described = [one for side in ("inputs", "outputs") for one in forward[side]]
    if all(one["kind"] == "tensor" for one in described):
        return Model(model.path, suite_for(signature(forward["inputs"], forward["outputs"])))
    return model


def known_checks(judged: Sequence[Judgement], *, alternatives: bool) -> list[tuple[bool, str]]:
    """(passed, what was found) for each. `alternatives`: variants of a model stand for one another in the total size."""
    lines = []
    voices = [one for one in judged if one.model.suite and one.model.suite.task == "vad" and one.scores]
    for voice in voices:
        name = voice.model.path.name
        for title, check in (("stays quiet", _quiet), ("three WAV files", _speech)):
            if (found := check(voice)) is not None:
                lines.append((found[0], f"{title}: {name}: {found[1]}"))
    if len(judged) > 1:
        lines.append(_total(judged, alternatives))
    return lines


def _values(judgement: Judgement, cases: Sequence[str], metric: str) -> dict[str, float]:
    return {
        case: judgement.scores[case][metric]
        for case in cases
        if judgement.scores.get(case, {}).get(metric) is not None
    }


def _quiet(judgement: Judgement) -> tuple[bool, str] | None:
    """Digital silence and noise must score below the threshold at which the suite hears speech."""
    suite = judgement.model.suite
    if suite is None:
        return None
    limit = suite.manifest["vad"]["threshold"]
    highest = _values(judgement, QUIET_CASES, "score_max")
    if not any(case in judgement.scores for case in QUIET_CASES):
        return None
    missing = [case for case in QUIET_CASES if case in judgement.scores and case not in highest]
    text = ", ".join(f"{case} {value:.3f}" for case, value in highest.items())
    if missing:
        return False, f"no score for {', '.join(missing)}"
    return max(highest.values()) < limit, f"highest score {text}; speech starts at {limit:g}"


def _speech(judgement: Judgement) -> tuple[bool, str] | None:
    """Three recordings with labels: the share of chunks that are decided as the labels say."""
    if not all(case in judgement.scores for case in SPEECH_CASES):
        return None
    found = _values(judgement, SPEECH_CASES, "frame_f1")
    text = ", ".join(f"{case} {value:.3f}" for case, value in found.items())
    passed = len(found) == len(SPEECH_CASES) and min(found.values()) >= LEAST_F1
    return passed, f"F1 against the labels {text or 'is missing'}; at least {LEAST_F1} is wanted"


def _total(judged: Sequence[Judgement], alternatives: bool) -> tuple[bool, str]:
    """All files together; where a suite has variants, also one of each model, which is what a device gets."""
    sizes: dict[str, list[int]] = {}
    for one in judged:
        if one.model.path.is_file():
            model = one.model
            kind = f"{model.suite.path}" if alternatives and model.suite else str(model.path)
            sizes.setdefault(kind, []).append(model.path.stat().st_size)
    everything = sum(sum(of_one) for of_one in sizes.values())
    smallest = sum(min(of_one) for of_one in sizes.values())
    largest = sum(max(of_one) for of_one in sizes.values())
    counted = smallest if alternatives else everything
    text = f"total size: {_megabytes(everything)} in {len(judged)} files"
    if alternatives:
        text += f"; one variant of each model {_megabytes(smallest)} to {_megabytes(largest)}"
    return counted < LARGEST_TOTAL, f"{text}; less than {_megabytes(LARGEST_TOTAL)} is wanted"


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
