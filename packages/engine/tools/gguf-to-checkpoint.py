#!/usr/bin/env python3
"""Turns a LLaMA-family GGUF file into a Hugging Face checkpoint folder.

Usage: gguf-to-checkpoint.py MODEL.gguf FOLDER [--dtype float16|float32]

Quantised tensors are dequantised, so the checkpoint is exactly the model that the GGUF file holds,
rounded once to the data type asked for. The tokenizer is rebuilt from the file's vocabulary and
merges (byte-level BPE only).
"""

import argparse
import json
import pathlib

import gguf
import numpy
from safetensors.numpy import save_file

# GGML type of a token in the vocabulary: control tokens are special, user-defined ones are added.
CONTROL, USER_DEFINED = 3, 4

# How a byte-level pre-tokenizer of this name splits text before merging.
DIGITS = {"type": "Digits", "individual_digits": True}
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
PRE_TOKENIZERS = {
    "smollm": {"type": "Sequence", "pretokenizers": [DIGITS, BYTE_LEVEL]},
    "gpt-2": BYTE_LEVEL,
}

LAYER_NAMES = {
    "attn_norm.weight": "input_layernorm.weight",
    "attn_q.weight": "self_attn.q_proj.weight",
    "attn_k.weight": "self_attn.k_proj.weight",
    "attn_v.weight": "self_attn.v_proj.weight",
    "attn_output.weight": "self_attn.o_proj.weight",
    "ffn_norm.weight": "post_attention_layernorm.weight",
    "ffn_gate.weight": "mlp.gate_proj.weight",
    "ffn_up.weight": "mlp.up_proj.weight",
    "ffn_down.weight": "mlp.down_proj.weight",
}
OUTER_NAMES = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gguf", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--dtype", default="float16", choices=["float16", "float32"])
    arguments = parser.parse_args()
    reader = gguf.GGUFReader(arguments.gguf)
    fields = {name: field.contents() for name, field in reader.fields.items()}
    architecture = fields["general.architecture"]
    if architecture != "llama":
        raise SystemExit(f"{arguments.gguf}: architecture '{architecture}'; supported: llama")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    tensors = read_tensors(reader, fields, arguments.dtype)
    save_file(tensors, arguments.folder / "model.safetensors", {"format": "pt"})
    config = make_config(fields, "lm_head.weight" not in tensors, arguments.dtype)
    write_json(arguments.folder / "config.json", config)
    write_json(arguments.folder / "tokenizer.json", make_tokenizer(fields, arguments.gguf))
    write_json(arguments.folder / "tokenizer_config.json", make_tokenizer_config(fields))
    print(f"{arguments.folder}: {len(tensors)} tensors, {arguments.dtype}")


def read_tensors(reader, fields, dtype):
    heads = fields["llama.attention.head_count"]
    kv_heads = fields["llama.attention.head_count_kv"]
    tensors = {}
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        values = numpy.ascontiguousarray(values, dtype=numpy.float32)
        if tensor.name.endswith("attn_q.weight"):
            values = unpermute(values, heads)
        if tensor.name.endswith("attn_k.weight"):
            values = unpermute(values, kv_heads)
        tensors[checkpoint_name(tensor.name)] = numpy.ascontiguousarray(values, dtype=dtype)
    return tensors


def unpermute(weight, heads):
    """GGUF interleaves the two rotated halves of each head's rows; a checkpoint keeps them apart."""
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def checkpoint_name(name):
    if name in OUTER_NAMES:
        return OUTER_NAMES[name]
    _, layer, rest = name.split(".", 2)
    return f"model.layers.{layer}.{LAYER_NAMES[rest]}"


def make_config(fields, tied, dtype):
    heads = fields["llama.attention.head_count"]
    hidden = fields["llama.embedding_length"]
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": hidden,
        "intermediate_size": fields["llama.feed_forward_length"],
        "num_hidden_layers": fields["llama.block_count"],
        "num_attention_heads": heads,
        "num_key_value_heads": fields["llama.attention.head_count_kv"],
        "head_dim": fields.get("llama.rope.dimension_count", hidden // heads),
        "vocab_size": len(fields["tokenizer.ggml.tokens"]),
        "max_position_embeddings": fields["llama.context_length"],
        # GGUF keeps it in single precision; the decimal that was meant is the shortest one.
        "rms_norm_eps": shortest(fields["llama.attention.layer_norm_rms_epsilon"]),
        "rope_theta": fields["llama.rope.freq_base"],
        "rope_scaling": None,
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": tied,
        "bos_token_id": fields["tokenizer.ggml.bos_token_id"],
        "eos_token_id": fields["tokenizer.ggml.eos_token_id"],
        "torch_dtype": dtype,
    }


def shortest(value):
    return float(str(numpy.float32(value)))


def make_tokenizer(fields, source):
    model, pre = fields["tokenizer.ggml.model"], fields["tokenizer.ggml.pre"]
    if model != "gpt2" or pre not in PRE_TOKENIZERS:
        known = ", ".join(PRE_TOKENIZERS)
        raise SystemExit(f"{source}: tokenizer '{model}' with '{pre}'; supported: gpt2 with {known}")
    tokens, types = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    added = [
        {
            "id": index,
            "content": tokens[index],
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": kind == CONTROL,
        }
        for index, kind in enumerate(types)
        if kind in (CONTROL, USER_DEFINED)
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": PRE_TOKENIZERS[pre],
        "post_processor": None,
        "decoder": BYTE_LEVEL,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {token: index for index, token in enumerate(tokens)},
            "merges": fields["tokenizer.ggml.merges"],
        },
    }


def make_tokenizer_config(fields):
    tokens = fields["tokenizer.ggml.tokens"]
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "model_max_length": fields["llama.context_length"],
        "bos_token": tokens[fields["tokenizer.ggml.bos_token_id"]],
        "eos_token": tokens[fields["tokenizer.ggml.eos_token_id"]],
    }
    if "tokenizer.chat_template" in fields:
        config["chat_template"] = fields["tokenizer.chat_template"]
    return config


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
