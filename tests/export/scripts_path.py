"""Makes `assay_tools` and the scripts themselves importable, however a test is started."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
