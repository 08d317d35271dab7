#!/bin/sh
# Prints the path of a Python >= 3.12 whose venv module works; one sentence on stderr and exit 1 if none.
set -u

# A candidate has to run: a pyenv shim is on the PATH for every installed version and refuses most of them,
# and Debian's python3 has venv but, without python3-venv, not the ensurepip it needs. Printed is the base
# interpreter, so that an activated .venv does not become the parent of its own replacement.
try() {
    "$1" -c '
import sys
if sys.version_info < (3, 12):
    sys.exit(1)
import ensurepip, venv
print(getattr(sys, "_base_executable", "") or sys.executable)
' 2>/dev/null && exit 0
}

for name in python3.14 python3.13 python3.12 python3; do
    if command -v "$name" >/dev/null 2>&1; then try "$name"; fi
done

for root in "$(pyenv root 2>/dev/null)" "${PYENV_ROOT:-}" "${HOME:-}/.pyenv"; do
    if [ -n "$root" ]; then
        for python in "$root"/versions/*/bin/python3; do
            if [ -x "$python" ]; then try "$python"; fi
        done
    fi
done

for uv in uv "${HOME:-}/.local/bin/uv" "${HOME:-}/.cargo/bin/uv"; do
    if command -v "$uv" >/dev/null 2>&1; then
        python=$("$uv" python find '>=3.12' 2>/dev/null) && try "$python"
        # uv's own builds carry ensurepip; the one found above may be a system Python without it.
        "$uv" python install 3.12 >&2 &&
            python=$("$uv" python find --managed-python 3.12 2>/dev/null) && try "$python"
    fi
done

echo "Evigraph needs Python 3.12 or newer with the venv module, and none was found: install one" \
    "(Debian: python3 and python3-venv) or uv, which brings its own, and run this again." >&2
exit 1
