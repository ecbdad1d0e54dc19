"""All weight products of one LLaMA-13B fp16 iteration through PyTorch and cuBLAS in one CUDA graph, each product
alone, and the matrix rate. A file named on the command line gets the figures as JSON."""

import json
import pathlib
import statistics
import sys

import torch


def milliseconds(run, repeats=7):
    for _ in range(2):
        run()
    times = []
    for _ in range(repeats):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        run()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return statistics.median(times)


def graph_of(run):
    run()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph


def main():
    figures = {"format": "flover-peer", "version": 1, "peer": "cuBLAS", "torch": torch.__version__, "rows": []}
    figures["device"] = torch.cuda.get_device_name()
    a, b = (torch.randn(8192, 8192, device="cuda", dtype=torch.float16) for _ in range(2))
    ms = milliseconds(lambda: torch.matmul(a, b), 20)
    print(f"cuBLAS 8192^3: {ms:.3f} ms, {2 * 8192**3 / ms / 1e9:.0f} TFLOP/s")
    shapes = [(15360, 5120), (5120, 5120), (27648, 5120), (5120, 13824)]
    weights = [[torch.randn(n, k, device="cuda", dtype=torch.float16) for n, k in shapes] for _ in range(40)]
    head = torch.randn(32000, 5120, device="cuda", dtype=torch.float16)
    elements = sum(n * k for n, k in shapes) * 40 + 32000 * 5120
    for tokens in (1, 8, 16, 32, 64, 512):
        x = {k: torch.randn(tokens, k, device="cuda", dtype=torch.float16) for k in (5120, 13824)}
        outs = [torch.empty(tokens, n, device="cuda", dtype=torch.float16) for n, _ in shapes]
        last = torch.empty(tokens, 32000, device="cuda", dtype=torch.float16)

        def run():
            for layer in weights:
                for w, o in zip(layer, outs):
                    torch.matmul(x[w.shape[1]], w.t(), out=o)
            torch.matmul(x[5120], head.t(), out=last)

        ms = milliseconds(graph_of(run).replay)
        print(f"cuBLAS M={tokens}: {ms:.3f} ms, {2 * elements / ms / 1e6:.0f} GB/s, {2 * elements * tokens / ms / 1e9:.0f} TFLOP/s")
        figures["rows"].append({"product": "all", "tokens": tokens, "micros": ms * 1e3})
        line = ""
        for i, (n, k) in enumerate(shapes):

            def one(i=i, k=k):
                # Twenty layers' weights, so that none is still in the cache.
                for layer in weights[:20]:
                    torch.matmul(x[k], layer[i].t(), out=outs[i])

            micros = milliseconds(graph_of(one).replay) / 20 * 1e3
            figures["rows"].append({"product": f"{n}x{k}", "tokens": tokens, "micros": micros})
            line += f"  {n:5d}x{k:<5d} {micros:6.1f} us {2e-3 * n * k / micros:4.0f} GB/s"
        print(line, flush=True)
    if len(sys.argv) > 1:
        pathlib.Path(sys.argv[1]).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


main()
