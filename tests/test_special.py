"""The functions of SciPy that are loaded alone are those of the package."""

from __future__ import annotations

import subprocess
import sys

SAME = """
import sys
import fourport.special as alone
assert "scipy.special" not in sys.modules and "scipy.special._ufuncs" in sys.modules
import scipy.special as whole
names = [name for name, value in vars(alone).items() if type(value) is type(whole.ndtr)]
assert len(names) == 9 and whole.logsumexp([0.0, 0.0]) > 0
print(all(getattr(alone, name) is getattr(whole, name) for name in names))
"""


def test_are_those_of_the_package() -> None:
    """Tests, in a fresh process, that the package is not loaded with them, and can be loaded after them."""
    done = subprocess.run([sys.executable, "-c", SAME], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
