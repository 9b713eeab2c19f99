"""
Loads what was saved elsewhere, and writes what transformers and PEFT compute of it: read_models.py FOLDER

Each folder below has input.safetensors, head.txt (sequence, tokens, masked or causal), and either a model or base and adapter. Into each go predicted.safetensors and
loading.txt, which has a line for everything that did not fit.
"""

import pathlib
import sys
import warnings

import safetensors.torch
import torch
import transformers

import models


def load(folder, head):
    """The model, and what did not fit."""
    adapter, problems = folder / "adapter", []
    base = folder / "base" if adapter.exists() else folder
    bare = adapter.exists() and "Model" in str(transformers.AutoConfig.from_pretrained(base).architectures)
    more = {"num_labels": 3} if bare else {}
    model, info = models.AUTO[head].from_pretrained(base, output_loading_info=True, attn_implementation="eager", **more)
    if not bare:
        problems += [f"{kind}: {found}" for kind, found in info.items() if found]
    if adapter.exists():
        import peft
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model = peft.PeftModel.from_pretrained(model, adapter)
        problems += [str(warning.message) for warning in caught if "adapter keys" in str(warning.message)]
        there = set(safetensors.torch.load_file(adapter / "adapter_model.safetensors"))
        taken = set(peft.get_peft_model_state_dict(model))
        problems += [f"only in the file: {name}" for name in sorted(there - taken)] + [f"only in the model: {name}" for name in sorted(taken - there)]
    return model.eval(), problems


def predict(model, batch, causal):
    tokens, lengths = batch["tokens"], batch["lengths"]
    places = torch.arange(tokens.shape[1]).expand_as(tokens)
    given = {"input_ids": tokens, "attention_mask": (places < lengths[:, None]).long()}
    if "second_starts" in batch:
        given["token_type_ids"] = ((places >= batch["second_starts"][:, None]) & (places < lengths[:, None])).long()
    with torch.no_grad():
        found = batch | {"logits": model(**given).logits}
        if causal:
            found["generated"] = models.generated(model, given)
    return {name: tensor.contiguous() for name, tensor in found.items()}


torch.set_num_threads(1)
transformers.logging.set_verbosity_error()
for own in sorted(path for path in pathlib.Path(sys.argv[1]).iterdir() if path.is_dir()):
    head = (own / "head.txt").read_text()
    try:
        model, problems = load(own, head)
        safetensors.torch.save_file(predict(model, safetensors.torch.load_file(own / "input.safetensors"), head == "causal"), own / "predicted.safetensors")
    except Exception as error:  # It is the reader's to judge; the other folders are still to be read.
        problems = [f"{type(error).__name__}: {error}"]
    (own / "loading.txt").write_text("".join(problem + "\n" for problem in problems))
(pathlib.Path(sys.argv[1]) / "versions.txt").write_text(f"transformers {transformers.__version__}\n")
