"""What each quantization label means: which operators get which treatment, and what must be seen in the file afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assay_tools.common.errors import UserError


@dataclass(frozen=True)
class Recipe:
    """One quantization. Linears and convolutions are listed apart because XNNPACK treats them apart.

    `linear_kernels` and `convolution_kernels` are regular expressions that the name of EVERY such kernel must match
    when the finished file runs; they are what catches a quantizer that did nothing.
    """

    name: str
    text: str
    linear_bits: float  # bits of one linear weight, without scales
    convolution_bits: float
    linear_kernels: str
    convolution_kernels: str
    dynamic_linear_bits: int | None = None  # 8 or 4: dynamic INT8 activations, weights of this many bits
    static_linears: bool = False
    static_convolutions: bool = False
    group_size: int | None = None
    coarse_linear_bits: int | None = None  # weights of linears are rounded to so few bits first: a model made bad on purpose
    qparams_algorithm: str | None = None  # how dynamic linears get their scales; another one, another accuracy
    note: str = ""


_FLOAT = r"\(N\w+, F32\)"
_STATIC_CONVOLUTION = r"QC8\)"
_STATIC_LINEAR = r"QS8, QC8W\)"
_DYNAMIC_8 = r"Q[DP]U?8, F32, QC8W\)"
_DYNAMIC_4 = r"Q[DP]U?8, F32, QB4W\)"
_NO_INT4_CONVOLUTION = (
    "XNNPACK has no 4-bit convolution, so '{name}' keeps convolutions at {what}; only linears have 4-bit weights."
)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("fp32", "fp32, nothing quantized", 32, 32, _FLOAT, _FLOAT),
        Recipe(
            "int8",
            "linears + convolutions static per-channel INT8 (PT2E), element-wise operations fp32",
            8, 8, _STATIC_LINEAR, _STATIC_CONVOLUTION, static_linears=True, static_convolutions=True,
            note="Element-wise operations stay fp32: 8-bit steps in a recurrent cell state add up over time.",
        ),
        Recipe(
            "int4",
            "linears 8da4w group 32 + convolutions static per-channel INT8, element-wise operations fp32",
            4, 8, _DYNAMIC_4, _STATIC_CONVOLUTION, dynamic_linear_bits=4, static_convolutions=True, group_size=32,
            qparams_algorithm="hqq_scale_only",
            note=_NO_INT4_CONVOLUTION.format(name="int4", what="static INT8"),
        ),
        Recipe(
            "8da8w",
            "linears 8da8w (dynamic INT8 activations, per-channel INT8 weights), convolutions fp32",
            8, 32, _DYNAMIC_8, _FLOAT, dynamic_linear_bits=8, qparams_algorithm="affine",
        ),
        Recipe(
            "8da4w",
            "linears 8da4w group 32 (dynamic INT8 activations, INT4 weights), convolutions fp32",
            4, 32, _DYNAMIC_4, _FLOAT, dynamic_linear_bits=4, group_size=32,
            qparams_algorithm="hqq_scale_only",
            note=_NO_INT4_CONVOLUTION.format(name="8da4w", what="fp32"),
        ),
    )
}

# Encoders of transformers are all linears but for two convolutions at the start, which stay fp32.
WHISPER_RECIPES = {
    "fp32": RECIPES["fp32"],
    "int8": replace(RECIPES["8da8w"], name="int8"),
    "int4": replace(RECIPES["8da4w"], name="int4", note=""),
}


# The recogniser's labels are those of its suite: `int8` is the dynamic one, and `int4` leaves convolutions alone.
ASR_RECIPES = {
    recipe.name: recipe
    for recipe in (
        RECIPES["fp32"],
        replace(RECIPES["8da8w"], name="int8"),
        replace(RECIPES["int8"], name="int8-static", note=""),
        replace(RECIPES["8da4w"], name="int4", note=_NO_INT4_CONVOLUTION.format(name="int4", what="fp32")),
        replace(
            RECIPES["8da4w"], name="int2", coarse_linear_bits=2,
            text="negative control: linears rounded to 2 bits in groups of 32, stored as 8da4w; convolutions fp32",
            note="int2 is a negative control: a suite that lets it pass does not look.",
        ),
    )
}

BACKENDS = ("xnnpack", "portable", "openvino")
MODEL_RECIPES = {"silero-vad": RECIPES, "tiny-asr": ASR_RECIPES}


def find_recipe(name: str, model: str) -> Recipe:
    """The recipe of that name for a model, or a UserError that lists the names there are."""
    recipes = MODEL_RECIPES.get(model, RECIPES)
    if name not in recipes:
        raise UserError(f"unknown quantization '{name}' for {model}; known: {', '.join(recipes)}")
    return recipes[name]


def refuse_recipe(backend: str, recipe: Recipe) -> None:
    """Before any work: a recipe that the backend's route cannot lower."""
    if backend == "portable" and recipe.dynamic_linear_bits is not None:
        raise UserError(
            f"--backend portable with --quantization {recipe.name}: ExecuTorch has no portable kernels for torchao's "
            "dynamically quantized linears; use fp32 or int8"
        )
    if backend == "openvino" and recipe.name != "fp32":
        raise UserError(
            f"--backend openvino with --quantization {recipe.name}: the recipes here are XNNPACK's; OpenVINO's own "
            "quantizer is not used; use fp32"
        )
