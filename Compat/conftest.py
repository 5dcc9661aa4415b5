"""Compat runs the same broker process as Interop."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Interop"))

from conftest_shared import broker, start_broker  # noqa: E402,F401
