#!/usr/bin/env python3
"""Writes tests/golden/families: small random checkpoints of every family and variant, and what transformers makes of them.

    python make_family_goldens.py [NAME ...]    (torch 2.11, transformers 5, safetensors, gguf 0.19)

Each folder is a checkpoint as it would be found (config.json with weights in one of several forms, or model.gguf) beside
expected.bin, little-endian: int32 T, rows, width; int32 ids [T]; int32 row numbers [rows]; float32 [rows, width]. The
values are logits, or final hidden states where the checkpoint has no LM head, in float32 from the weights as stored.
Weights are scaled so that attention is far from uniform, gains and biases are uneven, and sizes are odd: errors show.
"""
import json
import os
import shutil
import sys

import gguf
import numpy as np
import torch
import transformers as hf
from safetensors.torch import load_file, save_file

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "families")
VOCAB, LENGTH, POSITIONS = 33, 40, 40
ROWS = [0, 1, 7, 23, 30, 39]
IDS = dict(bos_token_id=0, eos_token_id=0, pad_token_id=None)


def default_rope(**more):
    return {"rope_type": "default", "rope_theta": 5000.0, **more}


LLAMA = dict(vocab_size=VOCAB, hidden_size=12, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             intermediate_size=14, max_position_embeddings=POSITIONS, head_dim=6, rms_norm_eps=1e-5,
             tie_word_embeddings=True, rope_parameters=default_rope(), **IDS)
LLAMA3 = dict(factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=20)
GPT2 = dict(vocab_size=VOCAB, n_embd=12, n_layer=2, n_head=3, n_positions=POSITIONS, **IDS)
NEOX = dict(vocab_size=VOCAB, hidden_size=18, num_hidden_layers=2, num_attention_heads=3, intermediate_size=14,
            max_position_embeddings=POSITIONS, rope_parameters=default_rope(partial_rotary_factor=0.67), **IDS)
BERT = dict(vocab_size=VOCAB, hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=14,
            max_position_embeddings=POSITIONS, type_vocab_size=2, pad_token_id=0)
GEMMA = dict(LLAMA, query_pre_attn_scalar=5, attn_logit_softcapping=3.0, final_logit_softcapping=6.0, sliding_window=7)


def liven(model, seed):
    """Random weights, larger for queries and keys; gains around 1, biases away from 0."""
    centre = 0.0 if model.config.model_type == "gemma2" else 1.0        # Gemma's gain is 1 + weight
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.ndim == 1:
                parameter.copy_(centre + 0.3 * noise if name.endswith("weight") else 0.2 * noise)
            else:
                sharp = any(n in name for n in ("q_proj", "k_proj", "c_attn", "query", "self.key"))
                parameter.copy_(noise * (0.5 if sharp else 0.25))
        if hasattr(model, "cls"):                                        # one bias under two names
            model.cls.predictions.decoder.bias.copy_(model.cls.predictions.bias)


def build(model_class, config, dtype, seed):
    """A model whose float32 weights are exactly representable in dtype."""
    model = model_class(config).eval()
    liven(model, seed)
    model.tie_weights()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.to(dtype).float())
    return model


def write_expected(folder, model, seed):
    ids = np.random.default_rng(seed).integers(0, VOCAB, LENGTH).astype("<i4")
    with torch.no_grad():
        out = model(torch.tensor(ids, dtype=torch.long)[None])
    values = (out.logits if "logits" in out else out.last_hidden_state)[0].float().numpy()[ROWS]
    with open(os.path.join(folder, "expected.bin"), "wb") as f:
        f.write(np.array([LENGTH, len(ROWS), values.shape[1]], "<i4").tobytes())
        f.write(ids.tobytes() + np.array(ROWS, "<i4").tobytes() + values.astype("<f4").tobytes())


# Forms of storage and spelling: each rewrites a folder that save_pretrained() wrote.
def edit_config(folder, change):
    path = os.path.join(folder, "config.json")
    with open(path, encoding="utf-8") as f:
        config = json.load(f)
    change(config)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(config, f, indent=1)


def edit_weights(folder, change):
    path = os.path.join(folder, "model.safetensors")
    save_file(change(load_file(path)), path, metadata={"format": "pt"})


def version_4(folder):
    def change(config):
        rope = config.pop("rope_parameters", None)
        config["torch_dtype"] = config.pop("dtype", "float32")
        config.pop("layer_types", None)
        config["transformers_version"] = "4.40.0"
        if rope is None:
            return
        if config["model_type"] == "gpt_neox":
            config["rotary_pct"], config["rotary_emb_base"] = rope["partial_rotary_factor"], int(rope["rope_theta"])
            return
        config["rope_theta"] = rope.pop("rope_theta")
        kind = rope.pop("rope_type")
        config["rope_scaling"] = {"type": kind, **rope} if kind != "default" else None
    edit_config(folder, change)


def as_bin(folder):
    path = os.path.join(folder, "model.safetensors")
    torch.save(load_file(path), os.path.join(folder, "pytorch_model.bin"))
    os.remove(path)


def bare(prefix):
    """Names as of the base model's own file."""
    return lambda folder: edit_weights(folder, lambda w: {n.removeprefix(prefix): t for n, t in w.items()})


def gpt2_buffers(folder):
    mask = torch.ones(POSITIONS, POSITIONS, dtype=torch.uint8).tril().view(1, 1, POSITIONS, POSITIONS)
    edit_weights(folder, lambda w: {**w, "h.0.attn.bias": mask, "h.0.attn.masked_bias": torch.tensor(-1e4)})


def neox_buffers(folder):
    stem = "gpt_neox.layers.0.attention."
    more = {stem + "bias": torch.ones(1, 1, 4, 4, dtype=torch.bool), stem + "masked_bias": torch.tensor(-1e9),
            stem + "rotary_emb.inv_freq": torch.ones(2)}
    edit_weights(folder, lambda w: {**w, **more})


def bert_v1(folder):
    old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}

    def change(weights):
        out = {next((n.replace(a, b) for a, b in old.items() if a in n), n): w for n, w in weights.items()}
        return {**out, "cls.seq_relationship.bias": torch.zeros(2), "bert.pooler.dense.bias": torch.zeros(12),
                "bert.embeddings.position_ids": torch.arange(POSITIONS)[None]}
    edit_weights(folder, change)


def own_head(folder):
    """Says tied, but the file brings an output matrix of its own: transformers 5 uses it."""
    edit_config(folder, lambda c: c.update(tie_word_embeddings=True))


F32, F16, BF16 = torch.float32, torch.float16, torch.bfloat16
FOLDERS = {
    "gpt2": (hf.GPT2LMHeadModel, hf.GPT2Config(**GPT2, n_inner=14), F32, []),
    "gpt2_bin": (hf.GPT2LMHeadModel, hf.GPT2Config(**GPT2, n_inner=13, activation_function="relu",
                                                   scale_attn_weights=False), F16, [as_bin]),
    "gpt2_v1names": (hf.GPT2LMHeadModel, hf.GPT2Config(**GPT2, n_inner=14), F16, [bare("transformer."), gpt2_buffers]),
    "gpt_neox": (hf.GPTNeoXForCausalLM, hf.GPTNeoXConfig(**NEOX), F16, []),
    "gpt_neox_serial": (hf.GPTNeoXForCausalLM, hf.GPTNeoXConfig(**dict(
        NEOX, use_parallel_residual=False, hidden_act="gelu_new", attention_bias=False, tie_word_embeddings=True,
        rope_parameters=default_rope(rope_type="linear", factor=3.0, partial_rotary_factor=0.34))), BF16, []),
    "gpt_neox_v4": (hf.GPTNeoXForCausalLM, hf.GPTNeoXConfig(**NEOX), BF16, [version_4, neox_buffers]),
    "llama_sharded": (hf.LlamaForCausalLM, hf.LlamaConfig(**dict(LLAMA, tie_word_embeddings=False)), F16, []),
    "llama_linear_v4": (hf.LlamaForCausalLM, hf.LlamaConfig(**dict(
        LLAMA, rope_parameters=default_rope(rope_type="linear", factor=2.5))), F16, [version_4]),
    "llama_dynamic": (hf.LlamaForCausalLM, hf.LlamaConfig(**dict(
        LLAMA, max_position_embeddings=24, rope_parameters=default_rope(rope_type="dynamic", factor=4.0))), F16, []),
    "llama_llama3": (hf.LlamaForCausalLM, hf.LlamaConfig(**dict(
        LLAMA, num_attention_heads=2, num_key_value_heads=1, head_dim=16,
        rope_parameters=default_rope(rope_type="llama3", **LLAMA3))), BF16, []),
    "llama_llama3_v4": (hf.LlamaForCausalLM, hf.LlamaConfig(**dict(
        LLAMA, num_attention_heads=2, num_key_value_heads=2, head_dim=12,
        rope_parameters=default_rope(rope_type="llama3", **LLAMA3))), F16, [version_4]),
    "llama_biases": (hf.LlamaForCausalLM, hf.LlamaConfig(**dict(
        LLAMA, attention_bias=True, mlp_bias=True, hidden_act="gelu", head_dim=4)), BF16, []),
    "llama_base": (hf.LlamaModel, hf.LlamaConfig(**dict(LLAMA, tie_word_embeddings=False)), F16, []),
    "llama_bin": (hf.LlamaForCausalLM, hf.LlamaConfig(**LLAMA), BF16, [as_bin]),
    "llama_own_head": (hf.LlamaForCausalLM, hf.LlamaConfig(**dict(LLAMA, tie_word_embeddings=False)), F16, [own_head]),
    "mistral": (hf.MistralForCausalLM, hf.MistralConfig(**LLAMA, sliding_window=7), F16, []),
    "mistral_full_v4": (hf.MistralForCausalLM, hf.MistralConfig(**LLAMA, sliding_window=None), F16, [version_4]),
    "qwen2": (hf.Qwen2ForCausalLM, hf.Qwen2Config(**LLAMA, use_sliding_window=True, sliding_window=9, max_window_layers=1), F16, []),
    "qwen2_v4": (hf.Qwen2ForCausalLM, hf.Qwen2Config(**dict(LLAMA, tie_word_embeddings=False)), BF16, [version_4]),
    "qwen2_layer_types": (hf.Qwen2ForCausalLM, hf.Qwen2Config(
        **LLAMA, use_sliding_window=True, sliding_window=5, layer_types=["sliding_attention", "full_attention"]),
        F16, []),
    "qwen3": (hf.Qwen3ForCausalLM, hf.Qwen3Config(**dict(LLAMA, head_dim=10)), F16, []),
    "qwen3_biases": (hf.Qwen3ForCausalLM, hf.Qwen3Config(**LLAMA, attention_bias=True), BF16, []),
    "gemma2": (hf.Gemma2ForCausalLM, hf.Gemma2Config(**GEMMA), F16, []),
    "gemma2_uncapped_v4": (hf.Gemma2ForCausalLM, hf.Gemma2Config(**dict(
        GEMMA, attn_logit_softcapping=None, final_logit_softcapping=None, attention_bias=True,
        tie_word_embeddings=False)), BF16, [version_4]),
    "olmo2": (hf.Olmo2ForCausalLM, hf.Olmo2Config(**dict(LLAMA, num_key_value_heads=4)), F16, []),
    "olmo2_shared_keys": (hf.Olmo2ForCausalLM, hf.Olmo2Config(**LLAMA, attention_bias=True), F16, []),
    "bert": (hf.BertForMaskedLM, hf.BertConfig(**BERT), F16, []),
    "bert_untied": (hf.BertForMaskedLM, hf.BertConfig(**BERT | dict(
        tie_word_embeddings=False, type_vocab_size=3, hidden_act="gelu_new", layer_norm_eps=1e-5)), BF16, []),
    "bert_v1names": (hf.BertForMaskedLM, hf.BertConfig(**BERT), F16, [bert_v1]),
    "bert_headless": (hf.BertModel, hf.BertConfig(**BERT), F16, []),
}


# GGUF: what llama.cpp's converter does with each architecture.
LLAMA_NAMES = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
               "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
               "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
               "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
POST_NAMES = {**LLAMA_NAMES, "post_attention_layernorm": "post_attention_norm",
              "pre_feedforward_layernorm": "ffn_norm", "post_feedforward_layernorm": "post_ffw_norm"}
BERT_NAMES = {"attention.self.query": "attn_q", "attention.self.key": "attn_k", "attention.self.value": "attn_v",
              "attention.output.dense": "attn_output", "attention.output.LayerNorm": "attn_output_norm",
              "intermediate.dense": "ffn_up", "output.dense": "ffn_down", "output.LayerNorm": "layer_output_norm"}
NEOX_NAMES = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "mlp.dense_h_to_4h": "ffn_up",
              "mlp.dense_4h_to_h": "ffn_down", "attention.dense": "attn_output",
              "attention.query_key_value": "attn_qkv"}
GPT2_NAMES = {"ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output",
              "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}
WHOLE = {"embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output", "wte": "token_embd",
         "wpe": "position_embd", "ln_f": "output_norm", "embed_in": "token_embd", "embed_out": "output",
         "final_layer_norm": "output_norm", "embeddings.word_embeddings": "token_embd",
         "embeddings.position_embeddings": "position_embd", "embeddings.token_type_embeddings": "token_types",
         "embeddings.LayerNorm": "token_embd_norm"}


def neighbouring_pairs(weight, heads):
    return weight.reshape(heads, 2, -1, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def parts_one_by_one(weight, heads):
    return weight.reshape(heads, 3, -1, *weight.shape[1:]).swapaxes(0, 1).reshape(weight.shape)


def converted(arch, name, weight, config):
    if arch == "llama" and ("q_proj" in name or "k_proj" in name):
        return neighbouring_pairs(weight, config.num_attention_heads if "q_proj" in name else
                                  config.num_key_value_heads)
    if arch == "gptneox" and "query_key_value" in name:
        return parts_one_by_one(weight, config.num_attention_heads)
    if arch == "gpt2" and name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight")):
        return weight.T
    return weight + 1 if arch == "gemma2" and name.endswith("norm.weight") else weight


def gguf_name(name, names):
    for prefix in ("model.", "transformer.", "gpt_neox.", "bert."):
        name = name.removeprefix(prefix)
    stem, kind = name.rsplit(".", 1)
    if stem in WHOLE:
        return f"{WHOLE[stem]}.{kind}"
    layer, rest = stem.removeprefix("encoder.").split(".", 2)[1:]
    return f"blk.{layer}.{names[rest]}.{kind}"


def write_gguf(arch, names, model, path, extra):
    c = model.config
    w = gguf.GGUFWriter(path, arch)
    w.add_block_count(c.num_hidden_layers)
    w.add_context_length(c.max_position_embeddings)
    w.add_embedding_length(c.hidden_size)
    w.add_feed_forward_length(getattr(c, "intermediate_size", None) or 4 * c.hidden_size)
    w.add_head_count(c.num_attention_heads)
    if arch in ("gpt2", "gptneox", "bert"):
        w.add_layer_norm_eps(getattr(c, "layer_norm_eps", None) or c.layer_norm_epsilon)
    else:
        w.add_layer_norm_rms_eps(c.rms_norm_eps)
        w.add_head_count_kv(c.num_key_value_heads)
        w.add_rope_freq_base(c.rope_parameters["rope_theta"])
    if arch in ("llama", "qwen3", "gemma2"):
        w.add_key_length(c.head_dim)
        w.add_value_length(c.head_dim)
    extra(w, c)
    for name, parameter in model.named_parameters():
        if "pooler" in name:
            continue
        weight = converted(arch, name, parameter.detach().numpy(), c)
        w.add_tensor(gguf_name(name, names), np.ascontiguousarray(weight).astype("f2" if weight.ndim == 2 else "f4"))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def llama3_table(w, c):
    """rope_freqs.weight, and the rotated channels."""
    w.add_rope_dimension_count(c.head_dim)
    plain = 1.0 / 5000.0 ** (np.arange(0, c.head_dim, 2) / c.head_dim)
    scaled, _ = hf.modeling_rope_utils.ROPE_INIT_FUNCTIONS["llama3"](c, torch.device("cpu"))
    w.add_tensor("rope_freqs.weight", (plain / scaled.numpy()).astype("f4"))


def linear(w, c):
    w.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
    w.add_rope_scaling_factor(c.rope_parameters["factor"])


def neox_keys(w, c):
    w.add_rope_dimension_count(4)
    w.add_parallel_residual(c.use_parallel_residual)
    w.add_rope_freq_base(5000.0)


def gemma_keys(w, c):
    w.add_attn_logit_softcapping(c.attn_logit_softcapping)
    w.add_final_logit_softcapping(c.final_logit_softcapping)
    w.add_sliding_window(c.sliding_window)


GGUFS = {
    "gguf_llama_biases": ("llama", LLAMA_NAMES, hf.LlamaForCausalLM, hf.LlamaConfig(**dict(
        LLAMA, attention_bias=True, mlp_bias=True, num_attention_heads=2, num_key_value_heads=1, head_dim=12,
        rope_parameters=default_rope(rope_type="llama3", **LLAMA3))), llama3_table),
    "gguf_llama_linear": ("llama", LLAMA_NAMES, hf.LlamaForCausalLM, hf.LlamaConfig(**dict(
        LLAMA, tie_word_embeddings=False, rope_parameters=default_rope(rope_type="linear", factor=2.0))), linear),
    "gguf_qwen2": ("qwen2", LLAMA_NAMES, hf.Qwen2ForCausalLM, hf.Qwen2Config(**dict(
        LLAMA, num_attention_heads=3, num_key_value_heads=1, head_dim=4)), lambda w, c: None),
    "gguf_qwen3": ("qwen3", LLAMA_NAMES, hf.Qwen3ForCausalLM, hf.Qwen3Config(**dict(LLAMA, head_dim=10)),
                   lambda w, c: None),
    "gguf_gemma2": ("gemma2", POST_NAMES, hf.Gemma2ForCausalLM, hf.Gemma2Config(**dict(
        GEMMA, query_pre_attn_scalar=6)), gemma_keys),
    "gguf_olmo2": ("olmo2", POST_NAMES, hf.Olmo2ForCausalLM, hf.Olmo2Config(**dict(
        LLAMA, num_attention_heads=2, num_key_value_heads=1, head_dim=6)), lambda w, c: None),
    "gguf_gpt2": ("gpt2", GPT2_NAMES, hf.GPT2LMHeadModel, hf.GPT2Config(**GPT2), lambda w, c: None),
    "gguf_gptneox": ("gptneox", NEOX_NAMES, hf.GPTNeoXForCausalLM, hf.GPTNeoXConfig(**dict(
        NEOX, use_parallel_residual=False)), neox_keys),
    "gguf_bert": ("bert", BERT_NAMES, hf.BertModel, hf.BertConfig(**BERT), lambda w, c: w.add_causal_attention(False)),
}


def make_folder(name, seed):
    model_class, config, dtype, edits = FOLDERS[name]
    folder = os.path.join(FOLDER, name)
    config._attn_implementation = "eager"
    model = build(model_class, config, dtype, seed)
    model.save_pretrained(folder)                        # makes the folder; weights are written again below
    write_expected(folder, model, seed)
    os.remove(os.path.join(folder, "model.safetensors"))
    sharded = "sharded" in name
    model.to(dtype).save_pretrained(folder, **(dict(max_shard_size=2500) if sharded else {}))
    if os.path.exists(os.path.join(folder, "generation_config.json")):
        os.remove(os.path.join(folder, "generation_config.json"))
    for edit in edits:
        edit(folder)


def make_gguf(name, seed):
    arch, names, model_class, config, extra = GGUFS[name]
    folder = os.path.join(FOLDER, name)
    os.makedirs(folder)
    config._attn_implementation = "eager"
    model = build(model_class, config, F16, seed)
    if arch == "gemma2":                                 # gains are stored as 1 + weight, in float32
        with torch.no_grad():
            for n, p in model.named_parameters():
                if n.endswith("norm.weight"):
                    p.copy_((p + 1) - 1)
    write_expected(folder, model, seed)
    write_gguf(arch, names, model, os.path.join(folder, "model.gguf"), extra)


def main():
    for number, name in enumerate(list(FOLDERS) + list(GGUFS)):
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        shutil.rmtree(os.path.join(FOLDER, name), ignore_errors=True)
        (make_folder if name in FOLDERS else make_gguf)(name, 100 + number)
        size = sum(os.path.getsize(os.path.join(FOLDER, name, f)) for f in os.listdir(os.path.join(FOLDER, name)))
        print(f"{name:24s} {size:7d} bytes")


if __name__ == "__main__":
    main()
