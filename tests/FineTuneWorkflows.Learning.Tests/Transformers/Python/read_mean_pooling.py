"""
Loads classifiers that take the mean of all tokens, and tries what must not load them: read_mean_pooling.py FOLDER

Each folder below has input.safetensors and a model, perhaps an adapter in adapter/. Into each go predicted.safetensors, of the model, of what save_pretrained makes of it again.safetensors,
and refusals.txt: for each other way to load it what was raised, or that nothing was.
"""

import pathlib
import sys

import peft
import safetensors.torch
import torch
import transformers
from transformers import AutoModelForSequenceClassification


def predict(model, batch):
    places = torch.arange(batch["tokens"].shape[1]).expand_as(batch["tokens"])
    with torch.no_grad():
        return batch | {"logits": model.eval()(input_ids=batch["tokens"], attention_mask=(places < batch["lengths"][:, None]).long()).logits}


def refusal(load):
    try:
        load()
        return "nothing"
    except Exception as error:
        return f"{type(error).__name__}: {error}".replace("\n", " ")


torch.set_num_threads(1)
transformers.logging.set_verbosity_error()
for own in sorted(path for path in pathlib.Path(sys.argv[1]).iterdir() if path.is_dir()):
    batch = safetensors.torch.load_file(own / "input.safetensors")
    model, info = AutoModelForSequenceClassification.from_pretrained(own, trust_remote_code=True, output_loading_info=True)
    assert not any(info.values()), info
    safetensors.torch.save_file(predict(model, batch), own / "predicted.safetensors")
    model.save_pretrained(own / "again")
    again = AutoModelForSequenceClassification.from_pretrained(own / "again", trust_remote_code=True)
    safetensors.torch.save_file(predict(again, batch), own / "again.safetensors")
    usual = getattr(transformers, type(model).__name__.removeprefix("MeanPooling"))
    refusals = [
        refusal(lambda: AutoModelForSequenceClassification.from_pretrained(own)),
        refusal(lambda: transformers.pipeline("text-classification", model=str(own))),
        refusal(lambda: usual.from_pretrained(own)),
        refusal(lambda: usual.from_pretrained(own / "again")),
    ]
    if (own / "adapter").exists():
        base = usual.from_pretrained(own / "base")
        refusals += [refusal(lambda: peft.PeftModel.from_pretrained(base, own / "adapter")), refusal(lambda: usual.from_pretrained(own / "adapter"))]
    (own / "refusals.txt").write_text("".join(line + "\n" for line in refusals))
