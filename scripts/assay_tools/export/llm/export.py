"""The whole export of a language model: refuse early, build, lower, check, write the file and its provenance."""

from __future__ import annotations

from collections import Counter
from typing import Any

from assay_tools.common.errors import UserError
from assay_tools.common.json_file import write_json
from assay_tools.common.packages import version_of
from assay_tools.common.progress import Progress, peak_memory_mb
from assay_tools.common.provenance import command_line, python_version, sha256_of
from assay_tools.common.quiet import without_runtime_remarks
from assay_tools.export.llm.build import build
from assay_tools.export.llm.checkpoint import Checkpoint, SeededWeights, open_checkpoint
from assay_tools.export.llm.config import all_linears
from assay_tools.export.llm.geometries import find_geometry
from assay_tools.export.llm.lowering import lower_language_model
from assay_tools.export.llm.mixing import mix
from assay_tools.export.llm.recipes import LinearScheme, LlmRecipe, embedding_bytes
from assay_tools.export.llm.request import LlmOptions, checked_schemes, find_recipe
from assay_tools.export.llm.sensitivity import measure
from assay_tools.export.llm.verify import check_against_eager, check_graph


def export_language_model(options: LlmOptions) -> dict[str, Any]:
    """Export, check, and only then put file and provenance in place; returns the provenance."""
    progress = Progress()
    recipe = find_recipe(options)
    checkpoint = _open(options)
    config = checkpoint.config
    schemes = checked_schemes(options, recipe, config)
    sensitivity = None
    if recipe.mixed_budget is not None:
        progress.stage("measuring which layers suffer most from 4 bits")
        with without_runtime_remarks():
            sensitivity = measure(checkpoint, recipe.body, options.max_seq_len, progress)
        table = embedding_bytes(options.embedding, config.vocab_size, config.hidden_size)
        schemes = mix(schemes, all_linears(config), sensitivity, recipe.mixed_budget, table)
    progress.stage(f"reading and quantizing {checkpoint.name}: {checkpoint.about}")
    model = build(
        checkpoint, schemes, embedding=options.embedding, max_seq_len=options.max_seq_len, sdpa=options.sdpa,
        logits=options.logits, progress=progress,
    )
    output = options.output
    unchecked = output.with_name(output.name + ".unchecked")
    try:
        unchecked.write_bytes(lower_language_model(model, options.sdpa, progress))
        progress.stage("checking the file against the eager model")
        with without_runtime_remarks():
            exact = recipe.name == "fp32" and options.embedding == "fp32"
            fidelity = check_against_eager(unchecked, model, exact)
            graph = check_graph(unchecked, config, schemes, options.sdpa)
        unchecked.replace(output)
    finally:
        unchecked.unlink(missing_ok=True)
    provenance = {
        **_provenance(options, recipe, checkpoint, schemes),
        "pte": {"file": output.name, "sha256": sha256_of(output), "bytes": output.stat().st_size},
        **({} if sensitivity is None else {"sensitivity_kld": {k: round(v, 6) for k, v in sensitivity.items()}}),
        "check_against_eager": fidelity,
        "kernels": graph["linear_kernels"],
        "delegates": graph["delegates"],
        "export": {
            "seconds": round(progress.seconds, 1), "cpu_seconds": round(progress.cpu_seconds, 1),
            "peak_memory_mb": round(peak_memory_mb()),
        },
    }
    write_json(output.with_name(output.name.removesuffix(".pte") + ".provenance.json"), provenance)
    print(f"{output.name}: {output.stat().st_size} bytes, {recipe.text}; {checkpoint.about}")
    print(f"  against eager: max error {fidelity['max_abs_error']:.3g}, SQNR {fidelity['sqnr_db']} dB")
    kernels = "; ".join(f"{count} x {kind}" for kind, count in graph["linear_kernels"].items())
    print(f"  {graph['delegates']} delegates; kernels: {kernels}")
    progress.finish("exported")
    return provenance


def _open(options: LlmOptions) -> Checkpoint:
    if options.seeded is not None and options.checkpoint is None:
        return SeededWeights(options.seeded, find_geometry(options.seeded, options.family), options.seed)
    if options.checkpoint is not None and options.seeded is None:
        return open_checkpoint(options.checkpoint, options.family)
    raise UserError("give either --checkpoint (a Hugging Face folder or .gguf file) or --seeded (a geometry's name)")


def _provenance(
    options: LlmOptions, recipe: LlmRecipe, checkpoint: Checkpoint, schemes: dict[str, LinearScheme]
) -> dict[str, Any]:
    config = checkpoint.config
    return {
        "version": 1,
        "model": options.family,
        "quantization": recipe.name,
        "recipe": recipe.text,
        "group_size": recipe.body.group_size,
        "qparams_algorithm": recipe.body.algorithm,
        "linears": dict(Counter(scheme.text for scheme in schemes.values())),
        "head": schemes["lm_head"].text,
        "embedding": options.embedding,
        "max_seq_len": options.max_seq_len,
        "sdpa": options.sdpa,
        "logits": options.logits,
        "architecture": {
            "layers": config.n_layers, "hidden": config.hidden_size, "intermediate": config.intermediate_size,
            "heads": config.n_heads, "kv_heads": config.n_kv_heads, "head_dim": config.head_dim,
            "vocabulary": config.vocab_size, "tied_embeddings": config.tied_embeddings,
        },
        "tools": {
            "python": python_version(),
            **{name: version_of(name) for name in ("torch", "torchao", "executorch")},
        },
        "checkpoint": {"name": checkpoint.name, "about": checkpoint.about, "files": checkpoint.files()},
        "seeded_weights": options.seeded is not None,
        "licence": "none, random weights" if options.seeded else options.licence,
        "command": command_line(),
        "created_by": "scripts/export_to_executorch.py",
    }
