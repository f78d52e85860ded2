"""Five checkpoints at the shapes of GPT-2 small, medium and large, BERT base and Pythia 410M: 1776 heads.

    python3 make_spectra_checkpoints.py FOLDER

Random weights, Hugging Face folders. What weight spectra do not read is as small as it may be: 16 tokens and positions,
an MLP of 16, and output projections that are holes in the file.
"""
import array
import json
import math
import os
import pathlib
import random
import sys

SMALL = 16
BLOCK = 1048583     # a prime; so many numbers are drawn, and used again and again from any place on

SHAPES = {          # layers, heads, d_model
    "gpt2-small": ("gpt2", 12, 12, 768),
    "gpt2-medium": ("gpt2", 24, 16, 1024),
    "gpt2-large": ("gpt2", 36, 20, 1280),
    "bert-base": ("bert", 12, 12, 768),
    "pythia-410m": ("gpt_neox", 24, 16, 1024),
}


def gpt2(layers, heads, d):
    config = {"model_type": "gpt2", "n_layer": layers, "n_head": heads, "n_embd": d, "n_positions": SMALL,
              "n_inner": SMALL, "vocab_size": SMALL, "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new"}
    yield config
    yield "transformer.wte.weight", (SMALL, d)
    yield "transformer.wpe.weight", (SMALL, d)
    for n in range(layers):
        at = f"transformer.h.{n}."
        for norm in ("ln_1", "ln_2"):
            yield from vectors(at + norm, d)
        for name, rows, columns in (("attn.c_attn", d, 3 * d), ("attn.c_proj", d, d), ("mlp.c_fc", d, SMALL),
                                    ("mlp.c_proj", SMALL, d)):
            yield at + name + ".weight", (rows, columns)
            yield at + name + ".bias", (columns,)
    yield from vectors("transformer.ln_f", d)


def bert(layers, heads, d):
    config = {"model_type": "bert", "architectures": ["BertModel"], "num_hidden_layers": layers,
              "num_attention_heads": heads, "hidden_size": d, "intermediate_size": SMALL, "vocab_size": SMALL,
              "max_position_embeddings": SMALL, "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu"}
    yield config
    for name, rows in (("word", SMALL), ("position", SMALL), ("token_type", 2)):
        yield f"embeddings.{name}_embeddings.weight", (rows, d)
    yield from vectors("embeddings.LayerNorm", d)
    for n in range(layers):
        at = f"encoder.layer.{n}."
        for name, rows, columns in (("attention.self.query", d, d), ("attention.self.key", d, d),
                                    ("attention.self.value", d, d), ("attention.output.dense", d, d),
                                    ("intermediate.dense", SMALL, d), ("output.dense", d, SMALL)):
            yield at + name + ".weight", (rows, columns)
            yield at + name + ".bias", (rows,)
        for norm in ("attention.output.LayerNorm", "output.LayerNorm"):
            yield from vectors(at + norm, d)


def gpt_neox(layers, heads, d):
    config = {"model_type": "gpt_neox", "num_hidden_layers": layers, "num_attention_heads": heads, "hidden_size": d,
              "intermediate_size": SMALL, "vocab_size": SMALL, "max_position_embeddings": 2048, "rotary_pct": 0.25,
              "rotary_emb_base": 10000, "layer_norm_eps": 1e-5, "hidden_act": "gelu", "use_parallel_residual": True,
              "tie_word_embeddings": False}
    yield config
    yield "gpt_neox.embed_in.weight", (SMALL, d)
    yield "embed_out.weight", (SMALL, d)
    for n in range(layers):
        at = f"gpt_neox.layers.{n}."
        for norm in ("input_layernorm", "post_attention_layernorm"):
            yield from vectors(at + norm, d)
        for name, rows, columns in (("attention.query_key_value", 3 * d, d), ("attention.dense", d, d),
                                    ("mlp.dense_h_to_4h", SMALL, d), ("mlp.dense_4h_to_h", d, SMALL)):
            yield at + name + ".weight", (rows, columns)
            yield at + name + ".bias", (rows,)
    yield from vectors("gpt_neox.final_layer_norm", d)


def vectors(name, d):
    yield name + ".weight", (d,)
    yield name + ".bias", (d,)


def read_by_spectra(name):
    return any(part in name for part in ("c_attn.weight", "query", "key"))


def write_matrix(file, count, block, start):
    """`count` numbers of the ring `block`, from `start` on."""
    ring = memoryview(block)
    while count > 0:
        part = ring[start:start + count]
        file.write(part)
        count, start = count - len(part), 0


def write(folder, family, layers, heads, d, block, draw):
    """config.json, and the weights as one safetensors file of float32."""
    config, *tensors = globals()[family](layers, heads, d)
    header, end = {}, 0
    for name, shape in tensors:
        size = 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    with open(folder / "model.safetensors", "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name, shape in tensors:
            count = math.prod(shape)
            if len(shape) == 1:
                gain = 1 if name.endswith("weight") else 0
                array.array("f", (gain + draw.gauss(0, 0.1) for _ in range(count))).tofile(file)
            elif read_by_spectra(name):
                write_matrix(file, count, block, draw.randrange(BLOCK))
            else:
                file.seek(4 * count, os.SEEK_CUR)
        file.truncate(8 + len(text) + end)


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    draw = random.Random(3)
    block = array.array("f", (draw.gauss(0, 0.02) for _ in range(BLOCK)))
    for name, shape in SHAPES.items():
        write(pathlib.Path(sys.argv[1]) / name, *shape, block, draw)


if __name__ == "__main__":
    main()
