#!/usr/bin/env python3
"""Writes what `transformers` generates greedily from a checkpoint: `reference.json` beside it.

Usage: make-reference.py FOLDER [--tokens 64]
"""

import argparse
import hashlib
import json
import pathlib

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

PROMPTS = [
    "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n",
    "<|im_start|>user\nWrite a haiku about the sea.<|im_end|>\n<|im_start|>assistant\n",
    "Once upon a time, in 1987, there was a naïve café owner who",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--tokens", type=int, default=64)
    arguments = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(arguments.folder)
    model = AutoModelForCausalLM.from_pretrained(arguments.folder, dtype=torch.float32)
    model.eval()
    cases = [generate(model, tokenizer, prompt, arguments.tokens) for prompt in PROMPTS]
    reference = {
        "transformers": transformers.__version__,
        "torch": torch.__version__.split("+")[0],
        "weightsSha256": digest(arguments.folder / "model.safetensors"),
        "tokens": arguments.tokens,
        "cases": cases,
    }
    path = arguments.folder / "reference.json"
    path.write_text(json.dumps(reference, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(path)
    for case in cases:
        print(repr(case["text"]))


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def generate(model, tokenizer, prompt, tokens):
    inputs = tokenizer(prompt, return_tensors="pt")
    with torch.no_grad():
        # The end token is not heeded, so that all prompts are compared over the same length.
        output = model.generate(
            **inputs,
            do_sample=False,
            max_new_tokens=tokens,
            eos_token_id=-1,
            pad_token_id=0,
            output_logits=True,
            return_dict_in_generate=True,
        )
    prompt_ids = inputs["input_ids"][0].tolist()
    ids = output.sequences[0].tolist()[len(prompt_ids) :]
    margins = [float((top := torch.topk(step[0], 2).values)[0] - top[1]) for step in output.logits]
    return {
        "prompt": prompt,
        "promptTokens": prompt_ids,
        "outputTokens": ids,
        "text": tokenizer.decode(ids, skip_special_tokens=True),
        # The closest call of the greedy choice: how far a logit would have to move to change it.
        "smallestMargin": min(margins),
    }


if __name__ == "__main__":
    main()
