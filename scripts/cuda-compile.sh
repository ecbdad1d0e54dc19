#!/usr/bin/env bash
# Compiles all CUDA sources for sm_80 and sm_90 where there is no GPU, with a toolkit of its own where the
# machine has none. Usage: scripts/cuda-compile.sh [build folder]
set -euo pipefail
cd "$(dirname "$0")/.."
build="${1:-build/cuda}"
if ! command -v nvcc >/dev/null; then
  root="$(scripts/cuda-toolkit.sh)"
  export PATH="$root/bin:$PATH" CUDAToolkit_ROOT="$root"
fi
cmake -S . -B "$build" -DFLOVER_CUDA=ON -DCMAKE_CUDA_ARCHITECTURES="80;90" >/dev/null
cmake --build "$build" -j "$(nproc)" -- --no-print-directory | grep -E "warning|error|Built target" || true
cmake --build "$build" >/dev/null
echo "CUDA sources compile for sm_80 and sm_90 ($(nvcc --version | sed -n 's/.*release \([0-9.]*\).*/\1/p'))"
