#!/usr/bin/env python3
"""Writes what `transformers` says of checkpoints on a device: greedy tokens and the logits before each.

Usage: device-references.py OUT CHECKPOINT... [--device cuda] [--types f32,f16] [--tokens 48]

For each checkpoint and data type OUT/<name>-<type>/ gets `reference.json` and one file of logits a case
(little-endian f32, [tokens][vocabulary]), which `flover validate --checks transformers --references OUT`
compares an engine with. Products run without TF32, attention as plain products.
"""

import argparse
import json
import os
import pathlib

import torch
import transformers
from transformers import AutoModelForCausalLM, DynamicCache

TYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
PROMPT_LENGTHS = (1, 7, 40)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("checkpoints", type=pathlib.Path, nargs="+")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--types", default="f32,f16")
    parser.add_argument("--tokens", type=int, default=48)
    arguments = parser.parse_args()
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    # Sums of half-precision products stay in single precision, as everywhere else.
    torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = False
    torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False
    transformers.logging.set_verbosity_error()
    for checkpoint in arguments.checkpoints:
        for name in arguments.types.split(","):
            folder = arguments.out / f"{checkpoint.name}-{name}"
            make_reference(checkpoint, name, folder, arguments.device, arguments.tokens)


def make_reference(checkpoint, type_name, folder, device, tokens):
    folder.mkdir(parents=True, exist_ok=True)
    model = AutoModelForCausalLM.from_pretrained(
        checkpoint, dtype=TYPES[type_name], attn_implementation="eager", local_files_only=True
    )
    model = model.to(device).eval()
    vocabulary = model.config.vocab_size
    generator = torch.Generator().manual_seed(7)
    cases = []
    for number, length in enumerate(PROMPT_LENGTHS):
        prompt = torch.randint(2, vocabulary, (1, length), generator=generator)
        chosen, logits = follow(model, prompt.to(device), tokens)
        file = f"logits-{number}.f32"
        logits.float().cpu().numpy().astype("<f4").tofile(folder / file)
        cases.append({"prompt": prompt[0].tolist(), "tokens": chosen, "logits": file})
    reference = {
        "format": "flover-logits-reference",
        "version": 1,
        "name": checkpoint.name,
        "checkpoint": os.path.relpath(checkpoint.resolve(), folder.resolve()),
        "dataType": type_name,
        "device": torch.cuda.get_device_name() if device.startswith("cuda") else "cpu",
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "vocabulary": vocabulary,
        "cases": cases,
    }
    (folder / "reference.json").write_text(json.dumps(reference) + "\n", encoding="utf-8")
    print(f"{folder.name}: {len(cases)} cases of {tokens} tokens on {reference['device']}", flush=True)


@torch.no_grad()
def follow(model, ids, tokens):
    """Greedy choices and the logits that they were made from, the prompt in one pass, then token by token."""
    cache = DynamicCache()
    chosen, logits = [], []
    for _ in range(tokens):
        output = model(ids, past_key_values=cache, use_cache=True)
        logits.append(output.logits[0, -1])
        chosen.append(int(logits[-1].argmax()))
        ids = torch.tensor([[chosen[-1]]], device=ids.device)
    return chosen, torch.stack(logits)


if __name__ == "__main__":
    main()
