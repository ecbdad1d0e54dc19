"""`transformers` with a static cache and a compiled decode step, each batch in a process of its own.

Compiling takes a minute on the processor and next to nothing of the GPU, so the processes compile side by
side over the parent's weights, and are timed one after another when the last of them is ready.
"""

import gc
import os
import time

import torch
import transformers
from transformers import CompileConfig, GenerationConfig, StaticCache

CACHE_TOKENS = 512
WAY = "static cache, compiled"


def measure_static(model, batches, tokens, deadline, prompts):
    """Yields a row for each batch, in order; `deadline` is of time.perf_counter."""
    inputs = {batch: prompts(model, batch) for batch in batches}
    workers = {batch: start(model, ids, tokens) for batch, ids in inputs.items()}
    compiled = {batch: receive(*worker, deadline) for batch, worker in workers.items()}
    for batch, (process, pipe) in workers.items():
        row = compiled[batch]
        if row is not None and "notMeasured" not in row:
            pipe.send("go")
            timing = receive(process, pipe, deadline)
            row = timing and row | timing
        if process is not None:
            process.terminate()  # its cache must not stand in the next one's way
            process.join()
        if row is None:  # weights cannot be shared here, or it died: in this process, then
            row = alone(model, inputs[batch], tokens, deadline)
        yield {"way": WAY, "batch": batch, **row}


def start(model, ids, tokens):
    context = torch.multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(model, ids, tokens, theirs))
    try:
        process.start()
    except RuntimeError as error:
        print(f"weights cannot be shared: {error}", flush=True)
        return None, None
    theirs.close()
    return process, ours


def receive(process, pipe, deadline):
    """What a worker says; None where it is no longer there."""
    try:
        if process is not None and pipe.poll(max(0.0, deadline - time.perf_counter())):
            return pipe.recv()
        return process and {"notMeasured": "not ready in the time allowed"}
    except EOFError:
        return None


def work(model, ids, tokens, pipe):
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "4"
    transformers.logging.set_verbosity_error()
    torch.set_grad_enabled(False)
    try:
        run = generation(model, ids, tokens)
        pipe.send(compile_time(model, run))
        pipe.recv()
        pipe.send(figures(model, run, len(ids), tokens))
    except Exception as error:  # the others' figures are worth keeping
        pipe.send(unmeasured(error))


def alone(model, ids, tokens, deadline):
    if time.perf_counter() > deadline:
        return {"notMeasured": "not begun in the time allowed"}
    try:
        run = generation(model, ids, tokens)
        return compile_time(model, run) | figures(model, run, len(ids), tokens)
    except Exception as error:
        return unmeasured(error)
    finally:
        torch._dynamo.reset()
        gc.collect()
        torch.cuda.empty_cache()


def unmeasured(error):
    return {"notMeasured": f"{type(error).__name__}: {error}"[:400]}


def compile_time(model, run):
    compiled, warm = timed(model, run), timed(model, run)
    return {"secondsToCompile": compiled - warm}


def figures(model, run, batch, tokens):
    # What waiting for the others let go cold counts against nobody: the quicker of two.
    seconds = min(timed(model, run), timed(model, run))
    return {
        "seconds": seconds,
        "tokens": batch * tokens,
        "tokensPerSecond": batch * tokens / seconds,
        "iterationMs": 1e3 * seconds / tokens,
    }


def generation(model, ids, tokens):
    model.set_attn_implementation("sdpa")
    cache = StaticCache(config=model.config, max_cache_len=CACHE_TOKENS)
    config = GenerationConfig(
        do_sample=False,
        max_new_tokens=tokens,
        min_new_tokens=tokens,
        eos_token_id=None,
        pad_token_id=0,
        # A shape of its own for every batch, the best that compiling gives.
        compile_config=CompileConfig(dynamic=False, mode="reduce-overhead", fullgraph=False),
    )

    def run():
        cache.reset()
        mask = torch.ones_like(ids)
        output = model.generate(ids, attention_mask=mask, past_key_values=cache, generation_config=config)
        assert output.shape[1] == ids.shape[1] + tokens, output.shape

    return run


def timed(model, run):
    synchronize(model)
    before = time.perf_counter()
    run()
    synchronize(model)
    return time.perf_counter() - before


def synchronize(model):
    if model.device.type == "cuda":
        torch.cuda.synchronize()
