"""All weight products of one LLaMA-13B fp16 iteration through PyTorch and cuBLAS in one CUDA graph, and the matrix rate."""

import statistics

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


def main():
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

        run()
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            run()
        ms = milliseconds(graph.replay)
        print(f"cuBLAS M={tokens}: {ms:.3f} ms, {2 * elements / ms / 1e6:.0f} GB/s, {2 * elements * tokens / ms / 1e9:.0f} TFLOP/s")


main()
