"""Writes every adapter as PEFT saves it, with what PEFT computes, after write_models.py wrote the bases: write_adapters.py FOLDER SEED"""

import pathlib
import sys
import warnings

import peft
import safetensors.torch
import torch
import transformers

import cases
import models

WRAPPER = "base_model.model."


def parameters(model):
    """What is trained, by the names under which it is saved."""
    return {name.removeprefix(WRAPPER).replace(".modules_to_save.default.", ".").replace(".default.", "."): parameter
            for name, parameter in model.named_parameters() if parameter.requires_grad}


def write(adapter, folder, seed):
    case = next(case for case in cases.CASES if case.name == adapter.base)
    model = models.make(case, seed)
    if adapter.bare:
        model.base_model.save_pretrained(folder / "base")
    model = peft.get_peft_model(model, peft.LoraConfig(r=3, lora_alpha=6, **adapter.lora)).eval()
    own = parameters(model)
    models.randomize(own, seed + 1)
    model.peft_config["default"].base_model_name_or_path = "base" if adapter.bare else case.name
    model.save_pretrained(folder / "adapter")
    batch = models.inputs(case, model.config.pad_token_id, seed)
    safetensors.torch.save_file(models.expected(case, model, batch, own), folder / "expected.safetensors")
    (folder / "adapter" / "README.md").unlink(missing_ok=True)


torch.set_num_threads(1)
transformers.logging.set_verbosity_error()
warnings.filterwarnings("ignore")
folder, seed = pathlib.Path(sys.argv[1]) / "adapters", int(sys.argv[2])
for adapter in cases.ADAPTERS:
    write(adapter, folder / adapter.name, seed)
(folder / "versions.txt").write_text(f"peft {peft.__version__}\ntransformers {transformers.__version__}\ntorch {torch.__version__.split('+')[0]}\n")
