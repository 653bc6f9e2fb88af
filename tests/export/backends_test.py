"""Lowering for backends other than XNNPACK: what the file must show."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from assay_tools.common.errors import UserError
from assay_tools.export.backends import check_delegates

PTES = Path(__file__).resolve().parents[1] / "data/pte"


class Backends(unittest.TestCase):
    """Of the committed test programs."""

    def test_a_file_for_the_portable_kernels_has_no_delegate(self) -> None:
        self.assertEqual(check_delegates(PTES / "vad_portable.pte", "portable"), [])
        with self.assertRaisesRegex(UserError, "XnnpackBackend"):
            check_delegates(PTES / "vad_xnnpack.pte", "portable")


class Openvino(unittest.TestCase):
    """Needs scripts/export_openvino tests/export/run.py backends; skipped with a reason otherwise."""

    def test_a_file_of_openvino_names_its_delegate(self) -> None:
        import torch

        from assay_tools.export.backends import lower_openvino

        exported = torch.export.export(torch.nn.Linear(8, 4).eval(), (torch.zeros(1, 8),))
        try:
            program = lower_openvino(exported)
        except UserError as error:
            self.skipTest(str(error))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "linear.pte"
            path.write_bytes(program)
            self.assertEqual(check_delegates(path, "openvino"), ["OpenvinoBackend"])


if __name__ == "__main__":
    unittest.main()
