#!/usr/bin/env python3
"""Writes tests/golden/logits: what transformers makes of two models in float32.

    python make_logits_golden.py SmolLM2-135M-Instruct.Q4_1.gguf TEXT    (torch 2.11, transformers 5, tokenizers, gguf 0.19)

tiny_llama.gguf is a random Llama with 9 query and 3 key/value heads, matrices in F16, q and k rows in llama.cpp's order;
tiny_llama.bin holds its ids (int32 [48]) and logits (float32 [48, 53]).
smollm2.bin holds 512 ids of the sample model (int32), 32 columns of the vocabulary (int32), the logits in these columns
(float32 [512, 32]), and each row's logsumexp (float32) and argmax (int32). All little-endian, one after another.
"""
import os
import sys

import gguf
import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "logits")
NAMES = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
         "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
         "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
WHOLE = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}


def tiny_model():
    config = LlamaConfig(vocab_size=53, hidden_size=36, intermediate_size=40, num_hidden_layers=2,
                         num_attention_heads=9, num_key_value_heads=3, max_position_embeddings=128,
                         rms_norm_eps=1e-5, tie_word_embeddings=False, attention_bias=False,
                         rope_parameters={"rope_type": "default", "rope_theta": 5000.0})
    torch.manual_seed(5)
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            spread = 0.3 if parameter.ndim == 2 else 0.1
            parameter.copy_((torch.randn_like(parameter) * spread + (parameter.ndim == 1)).half().float())
    return model


def stored_name(name):
    stem = name.removesuffix(".weight")
    if stem in WHOLE:
        return WHOLE[stem] + ".weight"
    _, _, layer, rest = stem.split(".", 3)
    return f"blk.{layer}.{NAMES[rest]}.weight"


def llama_cpp_rows(weight, heads):
    """Rotated channels of a head next to each other instead of half a head apart."""
    return weight.reshape(heads, 2, -1, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)


def write_gguf(model, path):
    c = model.config
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(c.num_hidden_layers)
    writer.add_context_length(c.max_position_embeddings)
    writer.add_embedding_length(c.hidden_size)
    writer.add_feed_forward_length(c.intermediate_size)
    writer.add_head_count(c.num_attention_heads)
    writer.add_head_count_kv(c.num_key_value_heads)
    writer.add_rope_freq_base(5000.0)
    writer.add_layer_norm_rms_eps(c.rms_norm_eps)
    for name, parameter in model.state_dict().items():
        weight = parameter.numpy()
        if name.endswith(("q_proj.weight", "k_proj.weight")):
            weight = llama_cpp_rows(weight, c.num_attention_heads if "q_proj" in name else c.num_key_value_heads)
        writer.add_tensor(stored_name(name), weight.astype(np.float16 if weight.ndim == 2 else np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@torch.no_grad()
def logits_of(model, ids):
    return model(input_ids=torch.tensor(ids, dtype=torch.long)[None], use_cache=False).logits[0].float()


def write(name, *arrays):
    with open(os.path.join(FOLDER, name), "wb") as f:
        for array in arrays:
            f.write(np.ascontiguousarray(array).tobytes())


def main():
    sample, text = sys.argv[1], sys.argv[2]
    tiny = tiny_model()
    write_gguf(tiny, os.path.join(FOLDER, "tiny_llama.gguf"))
    ids = np.random.default_rng(3).integers(0, 53, 48).astype("<i4")
    write("tiny_llama.bin", ids, logits_of(tiny, ids).numpy().astype("<f4"))

    folder, file = os.path.split(os.path.abspath(sample))
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32).eval()
    with open(text, encoding="utf-8") as f:
        words = f.read()[:20000]
    ids = np.array(AutoTokenizer.from_pretrained(folder, gguf_file=file)(words)["input_ids"][:512], dtype="<i4")
    logits = logits_of(model, ids)
    columns = np.sort(np.random.default_rng(4).choice(logits.shape[1], 32, replace=False)).astype("<i4")
    write("smollm2.bin", ids, columns, logits.numpy()[:, columns].astype("<f4"),
          torch.logsumexp(logits.double(), -1).numpy().astype("<f4"), logits.argmax(-1).numpy().astype("<i4"))


if __name__ == "__main__":
    main()
