#!/usr/bin/env python3
"""Makes the small random checkpoints of packages/engine/fixtures and what `transformers` says of them.

Usage: make-fixtures.py [--folder FOLDER] [NAME ...]        (needs torch, transformers, tokenizers)

Each fixture is a checkpoint folder with a `reference.json`: logits after prompts of several lengths,
200 greedy tokens, and the effect of every sampling feature that transformers has too. All references
are computed in single precision on the CPU. Seeds are fixed; run again, the files stay the same.
"""

import argparse
import json
import pathlib
import shutil

import torch
import transformers
from transformers import GPTJConfig, GPTJForCausalLM, LlamaConfig, LlamaForCausalLM

from fixture_references import make_reference
from fixture_tokenizer import VOCABULARY, make_tokenizer

LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 5000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
COMMON = {"bos_token_id": 0, "eos_token_id": 1, "max_position_embeddings": 512}

# Sizes that are no multiples of a vector's width, on purpose.
FIXTURES = {
    "llama-mha": (
        LlamaForCausalLM,
        LlamaConfig(vocab_size=VOCABULARY, hidden_size=40, intermediate_size=88, num_hidden_layers=2,
                    num_attention_heads=5, num_key_value_heads=5, rms_norm_eps=1e-6, **COMMON),
        {},
    ),
    "llama-gqa-tied-llama3": (
        LlamaForCausalLM,
        LlamaConfig(vocab_size=197, hidden_size=48, intermediate_size=72, num_hidden_layers=3,
                    num_attention_heads=6, num_key_value_heads=2, head_dim=16, tie_word_embeddings=True,
                    rms_norm_eps=1e-5, rope_parameters=LLAMA3_ROPE, **COMMON),
        {"max_shard_size": "60KB"},
    ),
    "llama-bias-linear-bf16": (
        LlamaForCausalLM,
        LlamaConfig(vocab_size=131, hidden_size=32, intermediate_size=56, num_hidden_layers=2,
                    num_attention_heads=4, num_key_value_heads=2, attention_bias=True,
                    rope_parameters={"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}, **COMMON),
        {"dtype": torch.bfloat16},
    ),
    "gptj": (
        GPTJForCausalLM,
        GPTJConfig(vocab_size=157, n_embd=48, n_layer=2, n_head=3, rotary_dim=12, n_positions=512,
                   bos_token_id=0, eos_token_id=1),
        {},
    ),
    "gptj-f16": (
        GPTJForCausalLM,
        GPTJConfig(vocab_size=113, n_embd=32, n_layer=2, n_head=4, rotary_dim=8, n_inner=72, n_positions=512,
                   bos_token_id=0, eos_token_id=1),
        {"dtype": torch.float16},
    ),
}


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=pathlib.Path, default=here.parent / "fixtures")
    parser.add_argument("names", nargs="*", default=list(FIXTURES))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    for name in arguments.names:
        model_class, config, options = FIXTURES[name]
        make_fixture(arguments.folder / name, model_class, config, **options)
        if name == "llama-mha":
            make_tokenizer(arguments.folder / name)


def make_fixture(folder, model_class, config, dtype=torch.float32, **save_options):
    for seed in range(1000):
        model = random_model(model_class, config, seed, dtype)
        reference = make_reference(model)
        if reference is not None:
            break
    shutil.rmtree(folder, ignore_errors=True)
    model.to(dtype).save_pretrained(folder, **save_options)
    (folder / "generation_config.json").unlink(missing_ok=True)
    versions = {"transformers": transformers.__version__, "torch": torch.__version__.split("+")[0]}
    text = json.dumps({"made": versions, "seed": seed, **reference}, separators=(",", ":"))
    (folder / "reference.json").write_text(text.replace('],"', '],\n"') + "\n")
    print(folder.name, "seed", seed, "smallest margin", reference["greedy"]["smallestMargin"])


def random_model(model_class, config, seed, dtype):
    """Weights that make lively logits: products keep the size of their input, biases and norms vary."""
    torch.manual_seed(seed)
    model = model_class(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 2 and "embed" not in name and "wte" not in name:
                parameter.normal_(0, 1.4 * parameter.shape[1] ** -0.5)
            elif parameter.dim() == 2:
                parameter.normal_(0, 1 if not config.tie_word_embeddings else 0.5)
            elif name.endswith("bias"):
                parameter.normal_(0, 0.3)
            else:
                parameter.normal_(1, 0.2)
            # Rounded to the stored type; the model computes in single precision, rotary tables included.
            parameter.copy_(parameter.to(dtype).to(torch.float32))
    return model


if __name__ == "__main__":
    main()
