"""Writes every case's model as transformers saves it, with what transformers computes: write_models.py FOLDER SEED"""

import pathlib
import sys

import safetensors.torch
import torch
import transformers

import cases
import models

torch.set_num_threads(1)
transformers.logging.set_verbosity_error()
folder, seed = pathlib.Path(sys.argv[1]) / "models", int(sys.argv[2])
for case in cases.CASES:
    model = models.make(case, seed)
    own = folder / case.name
    model.save_pretrained(own)
    batch = models.inputs(case, model.config.pad_token_id, seed)
    safetensors.torch.save_file(models.expected(case, model, batch, models.parameters(model)), own / "expected.safetensors")
(folder / "versions.txt").write_text(f"transformers {transformers.__version__}\ntorch {torch.__version__.split('+')[0]}\nsafetensors {safetensors.__version__}\n")
