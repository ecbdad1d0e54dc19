#!/usr/bin/env bash
# Builds the native code for the GPU that is there and runs checks and benchmarks of the CUDA backend.
# Usage: scripts/validate-gpu.sh [build] [checks] [sanitizer] [bench]     all of them without arguments
# Exit codes: 0 ok, 1 a check failed, 3 something is missing.
set -uo pipefail
cd "$(dirname "$0")/.."
parts="${*:-build checks sanitizer bench}"
folder="${FLOVER_GPU_BUILD:-build/gpu}"
programs="$folder/packages/engine/native/cuda"
status=0

missing() { echo "missing: $1" >&2; exit 3; }
command -v nvidia-smi >/dev/null || missing "an NVIDIA driver (nvidia-smi is not on PATH)"
command -v nvcc >/dev/null || missing "a CUDA toolkit, 12.4 or later (nvcc is not on PATH)"
command -v cmake >/dev/null || missing "cmake"
nvidia-smi --query-gpu=name,driver_version,memory.total,compute_cap --format=csv,noheader

for part in $parts; do
  case "$part" in
    build)
      architecture="$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -1 | tr -d .)"
      generator=""; command -v ninja >/dev/null && generator="-G Ninja"
      # shellcheck disable=SC2086
      cmake -S . -B "$folder" $generator -DFLOVER_CUDA=ON -DCMAKE_CUDA_ARCHITECTURES="$architecture" >/dev/null 2>&1 ||
        { mkdir -p "$folder"; cmake -S . -B "$folder" $generator -DFLOVER_CUDA=ON -DCMAKE_CUDA_ARCHITECTURES="$architecture" || exit 3; }
      cmake --build "$folder" --parallel "$(nproc)" --target flover_cuda_checks flover_cuda_bench flover_cuda_products \
        >"$folder/build.log" 2>&1 || { grep -E "error|FAILED" "$folder/build.log" | head -20; exit 3; } ;;
    checks) "$programs/flover_cuda_checks" || status=1 ;;
    sanitizer)
      for tool in memcheck racecheck; do
        compute-sanitizer --tool "$tool" --error-exitcode 9 "$programs/flover_cuda_checks" backend: | tail -12 || status=1
      done ;;
    bench) "$programs/flover_cuda_bench" || status=1 ;;
    *) echo "unknown part: $part; allowed: build checks sanitizer bench" >&2; exit 2 ;;
  esac
done
exit $status
