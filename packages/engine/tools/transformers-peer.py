#!/usr/bin/env python3
"""Measures `transformers` at LLaMA-13B's shape with random fp16 weights made on the device.

Usage: transformers-peer.py OUT.json [--batches 1,8,32,64] [--tokens 128] [--seconds 300]

A static cache of 512 positions with the compiled decode step, as `generate` does it, and continuous batching
with paged attention. Every prompt has 8 tokens. `--tokens` new ones are timed after a run that compiles and
a run that is warm; a static cache computes all 512 positions for every token, so the time a token is that of
a run of 504. Continuous batching makes a quarter as many: its iterations are timed one by one, without what
setting up takes. What is not done after `--seconds` is told as not measured.
"""

import argparse
import json
import pathlib
import time

import torch
import transformers
from transformers import AutoModelForCausalLM, LlamaConfig

from transformers_continuous import measure_continuous
from transformers_static import CACHE_TOKENS, measure_static

PROMPT_TOKENS = 8
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
    began = time.perf_counter()
    arguments = read_arguments()
    deadline = began + arguments.seconds
    device = "cuda" if torch.cuda.is_available() else "cpu"
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
    batches = [int(batch) for batch in arguments.batches.split(",")]
    fewer = max(2, arguments.tokens // 4)
    print(f"model ready after {time.perf_counter() - began:.1f} s", flush=True)
    for rows in (
        measure_static(model, batches, arguments.tokens, deadline, prompts),
        measure_continuous(model, batches, fewer, deadline, prompts),
    ):
        for row in rows:
            document["rows"].append(row)
            arguments.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
            print(f"{time.perf_counter() - began:.1f} s {json.dumps(row)}", flush=True)


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--batches", default="1,8,32,64")
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--tiny", action="store_true", help="a tiny shape, to try this script without a GPU")
    return parser.parse_args()


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


if __name__ == "__main__":
    main()
