#!/usr/bin/env python3
"""Writes a LLaMA-family Hugging Face checkpoint as a GGUF file with F16 weights.

Usage: make-gguf.py FOLDER MODEL.gguf

The counterpart of gguf-to-checkpoint.py, so that the same weights can be run by llama.cpp.
"""

import argparse
import json
import pathlib

import gguf
import numpy
from safetensors import safe_open

LAYER_NAMES = {
    "input_layernorm.weight": "attn_norm.weight",
    "self_attn.q_proj.weight": "attn_q.weight",
    "self_attn.k_proj.weight": "attn_k.weight",
    "self_attn.v_proj.weight": "attn_v.weight",
    "self_attn.o_proj.weight": "attn_output.weight",
    "post_attention_layernorm.weight": "ffn_norm.weight",
    "mlp.gate_proj.weight": "ffn_gate.weight",
    "mlp.up_proj.weight": "ffn_up.weight",
    "mlp.down_proj.weight": "ffn_down.weight",
}
OUTER_NAMES = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("gguf", type=pathlib.Path)
    arguments = parser.parse_args()
    config = json.loads((arguments.folder / "config.json").read_text())
    writer = gguf.GGUFWriter(arguments.gguf, "llama")
    write_shape(writer, config)
    write_tokenizer(writer, config, json.loads((arguments.folder / "tokenizer.json").read_text()))
    with safe_open(arguments.folder / "model.safetensors", framework="numpy") as tensors:
        for name in tensors.keys():
            write_tensor(writer, name, tensors.get_tensor(name), config)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(arguments.gguf)


def write_shape(writer, config):
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def write_tokenizer(writer, config, tokenizer):
    vocabulary = tokenizer["model"]["vocab"]
    special = {token["id"] for token in tokenizer["added_tokens"]}
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(sorted(vocabulary, key=vocabulary.get))
    writer.add_token_types([control if i in special else normal for i in range(len(vocabulary))])
    writer.add_token_merges(tokenizer["model"]["merges"])
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_add_bos_token(False)


def write_tensor(writer, name, values, config):
    if name in OUTER_NAMES:
        target = OUTER_NAMES[name]
    else:
        _, _, layer, rest = name.split(".", 3)
        target = f"blk.{layer}.{LAYER_NAMES[rest]}"
    if target.endswith("attn_q.weight"):
        values = permute(values, config["num_attention_heads"])
    if target.endswith("attn_k.weight"):
        values = permute(values, config["num_key_value_heads"])
    dtype = numpy.float32 if values.ndim == 1 else numpy.float16
    writer.add_tensor(target, numpy.ascontiguousarray(values, dtype=dtype))


def permute(weight, heads):
    """GGUF interleaves the two rotated halves of each head's rows; a checkpoint keeps them apart."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


if __name__ == "__main__":
    main()
