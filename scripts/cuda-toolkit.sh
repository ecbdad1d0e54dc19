#!/usr/bin/env bash
# Makes a CUDA toolkit root that compiles the CUDA backend on a machine without one (no GPU needed).
# Usage: scripts/cuda-toolkit.sh [folder]      default folder: .cache/cuda
# Prints the root; give it to CMake as CUDAToolkit_ROOT, or put its bin folder on PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
root="${1:-.cache/cuda}"
version="${FLOVER_CUDA_VERSION:-13.0}"
if [ ! -x "$root/bin/nvcc" ]; then
  mkdir -p "$root/wheels"
  python3 -m pip install -q --no-deps --no-compile --target "$root/wheels" \
    "nvidia-cuda-nvcc==$version.*" "nvidia-cuda-runtime==$version.*" "nvidia-cuda-cccl==$version.*" \
    "nvidia-cuda-crt==$version.*" "nvidia-nvvm==$version.*" >&2
  major="${version%%.*}"
  for part in "$root"/wheels/nvidia/cu"$major"/*; do
    ln -sfn "$(realpath "$part")" "$root/$(basename "$part")"
  done
  chmod +x "$root"/bin/* "$root"/nvvm/bin/* 2>/dev/null || true
  # The wheels hold lib/ with versioned names; linkers look in lib64 for the plain ones.
  # The compiler looks beside its real place.
  ln -sfn lib "$root/wheels/nvidia/cu$major/lib64"
  ln -sfn "$(realpath "$root/lib")" "$root/lib64"
  for library in "$root"/lib/lib*.so.*; do
    plain="${library%%.so.*}.so"
    [ -e "$plain" ] || ln -s "$(basename "$library")" "$plain"
  done
fi
realpath "$root"
