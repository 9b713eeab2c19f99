"""transformers' Trainer at the training that the benchmark's other half does: one argument of JSON. SDPA, fused AdamW, bfloat16, on request torch.compile. Prints one line of JSON: samples a second and the bytes it took."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
settings = json.loads(sys.argv[1])
cuda = settings["device"] == "cuda"


def in_use():
    if not cuda:
        return 0
    command = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits", "-i", str(settings["index"])]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) * 2**20


before = in_use()

import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, Trainer, TrainerCallback, TrainingArguments

if cuda:
    torch.cuda.set_device(settings["index"])
if settings["decoder"]:
    from peft import LoraConfig, get_peft_model

    model = AutoModelForCausalLM.from_pretrained(settings["folder"], torch_dtype=torch.bfloat16, attn_implementation="sdpa")
    model.config.use_cache = False
    vocabulary = model.config.vocab_size
    model = get_peft_model(model, LoraConfig(
        task_type="CAUSAL_LM", r=settings["rank"], lora_alpha=settings["alpha"], lora_dropout=0.0, target_modules="all-linear"))
else:
    model = AutoModelForSequenceClassification.from_pretrained(settings["folder"], attn_implementation="sdpa")
    vocabulary = model.config.vocab_size


class Drawn(torch.utils.data.Dataset):
    """Sequences of one length with drawn tokens, made before the clock starts."""

    def __init__(self):
        count = (settings["warmup"] + settings["steps"]) * settings["batch"]
        self.ids = torch.randint(vocabulary, (count, settings["tokens"]), generator=torch.Generator().manual_seed(1))

    def __len__(self):
        return len(self.ids)

    def __getitem__(self, index):
        return {"input_ids": self.ids[index], "labels": self.ids[index] if settings["decoder"] else index % 2}


class Clock(TrainerCallback):
    """From the end of the last step that is not timed to the end of the last one."""

    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step in (settings["warmup"], settings["warmup"] + settings["steps"]):
            if cuda:
                torch.cuda.synchronize()
            self.begin, self.seconds = time.perf_counter(), time.perf_counter() - getattr(self, "begin", 0)


clock = Clock()
with tempfile.TemporaryDirectory() as folder:
    arguments = TrainingArguments(
        output_dir=folder, per_device_train_batch_size=settings["batch"], max_steps=settings["warmup"] + settings["steps"], learning_rate=settings["rate"],
        weight_decay=settings["decay"], warmup_ratio=settings["warmup_ratio"], bf16=True, optim="adamw_torch_fused", torch_compile=settings["compiled"],
        logging_strategy="no", save_strategy="no", report_to=[], disable_tqdm=True, use_cpu=not cuda, remove_unused_columns=False)
    Trainer(model=model, args=arguments, train_dataset=Drawn(), callbacks=[clock]).train()
memory = in_use() - before if cuda else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"speed": settings["steps"] * settings["batch"] / clock.seconds, "memory": memory}))
