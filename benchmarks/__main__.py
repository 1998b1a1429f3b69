"""All the measurements, into README.md: `make bench`."""

import subprocess
import sys
from pathlib import Path

for script in ("speed.py", "compare.py"):
    subprocess.run([sys.executable, Path(__file__).resolve().parent / script, "--write"], check=True)
