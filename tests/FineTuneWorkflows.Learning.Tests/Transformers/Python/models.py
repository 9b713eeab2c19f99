"""Makes a case's model with random weights, and computes what is compared."""

import random
import zlib

import torch
import transformers

import cases

AUTO = {
    "sequence": transformers.AutoModelForSequenceClassification, "tokens": transformers.AutoModelForTokenClassification,
    "masked": transformers.AutoModelForMaskedLM, "causal": transformers.AutoModelForCausalLM,
}


def make(case, seed):
    """A model whose norms and biases are not at 1 and 0, where they would hide errors."""
    fields = dict(case.fields)
    if case.head in ("sequence", "tokens"):
        fields["id2label"] = {0: "a", 1: "b", 2: "c"}
        fields["label2id"] = {"a": 0, "b": 1, "c": 2}
    if case.multi:
        fields["problem_type"] = "multi_label_classification"
    model = AUTO[case.head].from_config(transformers.AutoConfig.for_model(case.family, **fields), attn_implementation="eager")
    randomize(parameters(model), seed)
    return model.eval()


def parameters(model):
    """Parameters by the names under which they are saved: of one that is tied, the embedding's."""
    names = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        names.setdefault(id(parameter), (parameter, []))[1].append(name)
    return {min(own, key=lambda name: ("embed" not in name and "wte" not in name, name)): parameter for parameter, own in names.values()}


def randomize(named, seed):
    with torch.no_grad():
        for name, parameter in named.items():
            generator = torch.Generator().manual_seed(zlib.crc32(f"{seed}/{name}".encode()))
            noise = 0.2 * torch.randn(parameter.shape, generator=generator)
            parameter.copy_(noise + (1.0 if parameter.dim() == 1 and ("norm" in name.lower() or "ln_" in name) and name.endswith("weight") else 0.0))


def inputs(case, pad, seed):
    """Padded token ids, their attention mask, token types and labels."""
    draw = random.Random(f"{seed}/{case.name}")
    rows = [[draw.randrange(5, 20) for _ in range(length)] for length in cases.LENGTHS]
    ids = torch.full((len(rows), cases.WIDTH), pad)
    mask = torch.zeros_like(ids)
    for row, tokens in enumerate(rows):
        ids[row, :len(tokens)] = torch.tensor(tokens)
        mask[row, :len(tokens)] = 1
    batch = {"input_ids": ids, "attention_mask": mask}
    if case.pairs:
        places = torch.arange(cases.WIDTH).expand_as(ids)
        batch["token_type_ids"] = ((places >= torch.tensor(cases.SECOND_STARTS)[:, None]) & (mask == 1)).long()
    if case.head == "sequence":
        batch["labels"] = torch.tensor(cases.CLASSES if case.multi else cases.LABELS)
    else:
        labels = torch.full_like(ids, -100)
        if case.head == "tokens":
            for row, own in enumerate(cases.TOKEN_LABELS):
                labels[row, :len(own)] = torch.tensor(own)
        elif case.head == "causal":
            labels[mask == 1] = ids[mask == 1]
        else:
            for at in cases.MASKED:
                labels[at] = ids[at]
                ids[at] = cases.MASK_ID
        batch["labels"] = labels
    return batch


def expected(case, model, batch, named):
    """All that is compared, as tensors by name; gradients have grad/ before the parameter's name."""
    model.zero_grad()
    output = model(**batch, output_hidden_states=True)
    output.loss.backward()
    found = {
        "tokens": batch["input_ids"], "lengths": batch["attention_mask"].sum(1), "labels": batch["labels"], "hidden": output.hidden_states[-1],
        "logits": output.logits, "loss": output.loss.reshape(1),
    }
    if case.pairs:
        found["second_starts"] = torch.tensor(cases.SECOND_STARTS)
    for name, parameter in named.items():
        if parameter.grad is not None:
            found["grad/" + name] = parameter.grad
    if case.head == "causal":
        found["generated"] = generated(model, batch)
    return {name: tensor.detach().contiguous().clone() for name, tensor in found.items()}


def generated(model, batch):
    """What greedy generation writes after each text by itself, the token that ends it left out and -1 after the last."""
    written = torch.full((len(batch["input_ids"]), cases.NEW_TOKENS), -1)
    for row, length in enumerate(batch["attention_mask"].sum(1).tolist()):
        prompt = batch["input_ids"][row:row + 1, :length]
        new = model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=cases.NEW_TOKENS, do_sample=False)[0, length:]
        new = [token for token in new.tolist() if token != 2]
        written[row, :len(new)] = torch.tensor(new, dtype=torch.long)
    return written
