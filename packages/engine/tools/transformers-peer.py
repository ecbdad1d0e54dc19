#!/usr/bin/env python3
"""Measures `transformers` at LLaMA-13B's shape with random fp16 weights made on the device.

Usage: transformers-peer.py OUT.json [--batches 32,1,64,8] [--tokens 128] [--seconds 150]

Two ways: a static cache of 512 positions with the compiled decode step, as `generate` does it, and continuous
batching with paged attention, 32 requests. Every prompt has 8 tokens. `--tokens` new ones are timed after a
run that compiles and a run that is warm; a static cache computes all 512 positions for every token, so the
time a token is that of a run of 504. What would begin after `--seconds` is told as not measured.
"""

import argparse
import gc
import json
import pathlib
import time

import torch
import transformers
from transformers import AutoModelForCausalLM, CompileConfig, GenerationConfig, LlamaConfig, StaticCache

PROMPT_TOKENS, CACHE_TOKENS, REQUESTS = 8, 512, 32
SHAPE = {
    "hidden_size": 5120,
    "intermediate_size": 13824,
    "num_hidden_layers": 40,
    "num_attention_heads": 40,
    "num_key_value_heads": 40,
    "vocab_size": 32000,
    "max_position_embeddings": 2048,
}
TINY = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 4, "vocab_size": 320, "max_position_embeddings": 2048}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--batches", default="32,1,64,8")
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=150.0)
    parser.add_argument("--tiny", action="store_true", help="a tiny shape, to try this script without a GPU")
    arguments = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    began = time.perf_counter()
    transformers.logging.set_verbosity_error()
    torch.set_grad_enabled(False)
    model = random_model(TINY if arguments.tiny else SHAPE, device)
    document = {
        "format": "flover-peer",
        "version": 1,
        "peer": "transformers",
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
        "promptTokens": PROMPT_TOKENS,
        "newTokens": arguments.tokens,
        "cacheTokens": CACHE_TOKENS,
        "rows": [],
    }

    def add(way, batch, measure):
        row = {"way": way, "batch": batch}
        if time.perf_counter() - began > arguments.seconds:
            row["notMeasured"] = f"not begun within {arguments.seconds:.0f} s"
        else:
            try:
                row.update(measure())
            except Exception as error:  # the others' figures are worth keeping
                row["notMeasured"] = f"{type(error).__name__}: {error}"[:400]
        release()
        document["rows"].append(row)
        arguments.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(row), flush=True)

    batches = [int(batch) for batch in arguments.batches.split(",")]
    first, *others = batches
    add("static cache, compiled", first, lambda: static_compiled(model, first, arguments.tokens))
    add("continuous batching", REQUESTS, lambda: continuous(model, REQUESTS, arguments.tokens))
    for batch in others:
        add("static cache, compiled", batch, lambda: static_compiled(model, batch, arguments.tokens))


def random_model(shape, device):
    config = LlamaConfig(**shape, bos_token_id=None, eos_token_id=None, pad_token_id=0)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float16).eval()
    for parameter in model.parameters():
        if parameter.dim() == 2:
            parameter.normal_(0, 0.02)
    return model


def prompts(model, batch):
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(1, model.config.vocab_size, (batch, PROMPT_TOKENS), generator=generator)
    return ids.to(model.device)


def release():
    """Gives the memory of compiled graphs and caches back before the next measurement."""
    torch._dynamo.reset()
    gc.collect()
    torch.cuda.empty_cache()


def synchronize(model):
    if model.device.type == "cuda":
        torch.cuda.synchronize()


def timed(model, run):
    synchronize(model)
    before = time.perf_counter()
    run()
    synchronize(model)
    return time.perf_counter() - before


def static_compiled(model, batch, tokens):
    model.set_attn_implementation("sdpa")
    ids = prompts(model, batch)
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
        output = model.generate(ids, attention_mask=torch.ones_like(ids), past_key_values=cache, generation_config=config)
        assert output.shape[1] == PROMPT_TOKENS + tokens, output.shape

    compiled = timed(model, run)
    warm = timed(model, run)
    seconds = timed(model, run)
    return {
        "secondsToCompile": compiled - warm,
        "seconds": seconds,
        "tokens": batch * tokens,
        "tokensPerSecond": batch * tokens / seconds,
        "iterationMs": 1e3 * seconds / tokens,
    }


def continuous(model, requests, tokens):
    model.set_attn_implementation("paged|sdpa")
    config = GenerationConfig(do_sample=False, max_new_tokens=tokens, eos_token_id=-1, pad_token_id=0)
    ids = prompts(model, requests).tolist()
    produced = 0

    def run(new_tokens):
        nonlocal produced
        config.max_new_tokens = new_tokens
        outputs = model.generate_batch(inputs=ids, generation_config=config, progress_bar=False)
        produced = sum(len(output.generated_tokens) for output in outputs.values())

    run(8)
    seconds = timed(model, lambda: run(tokens))
    assert produced == requests * tokens, produced
    return {"seconds": seconds, "tokens": produced, "tokensPerSecond": produced / seconds, "iterationMs": 1e3 * seconds / tokens}


if __name__ == "__main__":
    main()
