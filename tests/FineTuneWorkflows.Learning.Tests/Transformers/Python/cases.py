"""The small models that are compared, and the texts that they read."""

import dataclasses

ENCODER = {
    "vocab_size": 20, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 10, "max_position_embeddings": 24,
    "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "classifier_dropout": 0.0,
}
DISTIL = {
    "vocab_size": 20, "dim": 12, "n_layers": 2, "n_heads": 2, "hidden_dim": 10, "max_position_embeddings": 24, "dropout": 0.0, "attention_dropout": 0.0,
    "seq_classif_dropout": 0.0,
}
GPT2 = {
    "vocab_size": 20, "n_embd": 12, "n_layer": 2, "n_head": 2, "n_inner": 10, "n_positions": 24, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0,
    "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
}
ROTARY = {
    "vocab_size": 20, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 4, "intermediate_size": 10,
    "max_position_embeddings": 24, "attention_dropout": 0.0, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "tie_word_embeddings": False,
}
QWEN2 = {name: value for name, value in ROTARY.items() if name != "head_dim"} | {"num_attention_heads": 2, "num_key_value_heads": 1}
LINEAR = {"rope_type": "linear", "factor": 4.0}
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8}

LENGTHS = [5, 2, 8]
WIDTH = max(LENGTHS)
SECOND_STARTS = [3, 2, 5]
LABELS = [0, 2, 1]
CLASSES = [[1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, 1.0]]
TOKEN_LABELS = [[-100, 0, 1, 2, -100], [-100, 1], [-100, 1, 2, -100, -100, 0, 0, -100]]
MASKED = [(0, 2), (0, 3), (2, 5)]
MASK_ID = 4
NEW_TOKENS = 12


@dataclasses.dataclass
class Case:
    name: str
    family: str
    head: str  # sequence, tokens, masked, causal
    fields: dict
    multi: bool = False
    pairs: bool = False


def _heads(family, fields, heads, suffix=""):
    return [Case(f"{family}{suffix}-{head}", family, head, fields) for head in heads]


CASES = [
    *_heads("bert", ENCODER, ["sequence", "tokens", "masked"]),
    Case("bert-pairs", "bert", "sequence", ENCODER | {"hidden_act": "gelu_new"}, pairs=True),
    Case("bert-multi", "bert", "sequence", ENCODER | {"hidden_act": "relu"}, multi=True),
    *_heads("roberta", ENCODER | {"type_vocab_size": 1}, ["sequence", "tokens", "masked"]),
    *_heads("xlm-roberta", ENCODER | {"type_vocab_size": 1}, ["sequence", "tokens", "masked"]),
    *_heads("distilbert", DISTIL, ["sequence", "tokens", "masked"]),
    *_heads("gpt2", GPT2, ["causal", "sequence", "tokens"]),
    Case("gpt2-untied", "gpt2", "causal", GPT2 | {"tie_word_embeddings": False}),
    *_heads("llama", ROTARY, ["causal", "sequence", "tokens"]),
    Case("llama-tied", "llama", "causal", ROTARY | {"tie_word_embeddings": True, "rope_theta": 50.0}),
    Case("llama-biases", "llama", "causal", ROTARY | {"attention_bias": True, "mlp_bias": True, "num_key_value_heads": 1, "head_dim": 6}),
    Case("llama-linear", "llama", "causal", ROTARY | {"rope_scaling": LINEAR}),
    Case("llama-llama3", "llama", "causal", ROTARY | {"rope_scaling": LLAMA3, "rope_theta": 50.0}),
    *_heads("mistral", ROTARY | {"sliding_window": 3}, ["causal", "sequence", "tokens"]),
    *_heads("qwen2", QWEN2, ["causal", "sequence", "tokens"]),
    Case("qwen2-window", "qwen2", "causal", QWEN2 | {"use_sliding_window": True, "sliding_window": 2, "max_window_layers": 1, "tie_word_embeddings": True}),
    *_heads("qwen3", ROTARY | {"head_dim": 6}, ["causal", "sequence", "tokens"]),
    Case("qwen3-window", "qwen3", "causal", ROTARY | {"use_sliding_window": True, "sliding_window": 3, "max_window_layers": 1}),
]


@dataclasses.dataclass
class AdapterCase:
    name: str
    base: str  # the name of a case
    lora: dict
    bare: bool = False  # whether the base is saved without a head


ADAPTERS = [
    AdapterCase("bert", "bert-sequence", {"task_type": "SEQ_CLS"}),
    AdapterCase("bert-bare", "bert-sequence", {"task_type": "SEQ_CLS", "modules_to_save": ["pooler", "classifier"]}, bare=True),
    AdapterCase("bert-all", "bert-sequence", {"task_type": "SEQ_CLS", "target_modules": "all-linear"}),
    AdapterCase("bert-tokens", "bert-tokens", {"task_type": "TOKEN_CLS", "target_modules": ["attention.self.value", "intermediate.dense", "output.dense"]}, bare=True),
    AdapterCase("roberta", "roberta-sequence", {"task_type": "SEQ_CLS", "target_modules": ["query", "key", "attention.output.dense"]}),
    AdapterCase("distilbert", "distilbert-sequence", {"task_type": "SEQ_CLS", "target_modules": ["q_lin", "v_lin"], "modules_to_save": ["pre_classifier", "classifier"]}),
    AdapterCase("gpt2", "gpt2-causal", {"task_type": "CAUSAL_LM", "fan_in_fan_out": True}),
    AdapterCase("gpt2-all", "gpt2-sequence", {"task_type": "SEQ_CLS", "target_modules": "all-linear", "fan_in_fan_out": True, "use_rslora": True}, bare=True),
    AdapterCase("llama", "llama-tied", {"task_type": "CAUSAL_LM", "target_modules": "all-linear"}),
    AdapterCase("qwen3", "qwen3-sequence", {"task_type": "SEQ_CLS", "target_modules": "all-linear"}, bare=True),
]
