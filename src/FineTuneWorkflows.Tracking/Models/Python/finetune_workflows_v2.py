"""
Classifiers of texts and finders of entities as MLflow's python_function: the answers that `finetune predict` gives.

Written by FineTuneWorkflows into code/ of each model that it logs. Texts are cut where the model has no more positions, probabilities are at the temperature that the training fitted
(params={"calibrated": False} gives the model's own), a text may have two parts or several classes, and entities are spans of the text.
"""

import hashlib
import json
import os
import pathlib
import unicodedata

import pandas
import torch
import transformers

BATCH = 32

# First and last code point of the blocks of scripts that write no spaces between words; ascending.
UNSPACED = (
    (0x0E00, 0x0EFF), (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF), (0x1B00, 0x1B7F), (0x2E80, 0x2FDF),
    (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035), (0x3038, 0x303C), (0x3040, 0x312F), (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF),
    (0x4E00, 0xA4CF), (0xA980, 0xA9FF), (0xAA00, 0xAADF), (0xF900, 0xFAFF), (0xFF66, 0xFF9F), (0x11700, 0x1174F), (0x16FE0, 0x18DFF), (0x1AFF0, 0x1B2FF),
    (0x20000, 0x3FFFF),
)  # fmt: skip


def _load_pyfunc(path, model_config=None):
    """Called by mlflow.pyfunc.load_model. model_config={"base": folder} says where the base of adapters lies."""
    folder = pathlib.Path(path)
    return Model(folder / "model", folder / "components" / "tokenizer", (model_config or {}).get("base"))


class Model:
    def __init__(self, folder, tokenizer, base=None):
        given = _read(folder / "config.json")
        entities = given["architectures"][0].endswith("ForTokenClassification")
        auto = transformers.AutoModelForTokenClassification if entities else transformers.AutoModelForSequenceClassification
        if (folder / "adapter_config.json").exists():
            self.model = _with_adapters(auto, folder, base)
        else:
            # Code is run only where config.json names it, and then it is that beside it.
            self.model = auto.from_pretrained(folder, trust_remote_code="auto_map" in given)
        device = os.environ.get("MLFLOW_DEFAULT_PREDICTION_DEVICE") or ("cuda" if torch.cuda.is_available() else "cpu")
        self.device = f"cuda:{device}" if device.isdigit() else device
        self.model.eval().float().to(self.device)
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(tokenizer, use_fast=True)
        if not self.tokenizer.is_fast:
            raise ValueError(f"The tokenizer in {tokenizer} has no fast form, which gives the places of tokens.")
        self.tokenizer.padding_side = "right"
        # What stands in a text is text, as it was in the training: its author puts no [SEP] or <s> there. The first is for texts, the second for words.
        self.tokenizer.split_special_tokens = True
        self.tokenizer.backend_tokenizer.encode_special_tokens = True
        # Without a token to pad with each text is computed by itself.
        self.batch = BATCH if self.tokenizer.pad_token is not None else 1
        if self.model.config.pad_token_id is None:
            self.model.config.pad_token_id = self.tokenizer.pad_token_id
        self.limit = int(min(self.tokenizer.model_max_length, given.get("max_position_embeddings") or self.tokenizer.model_max_length))
        trained_on = _read(folder / "model_input.json") if (folder / "model_input.json").exists() else {}
        labels = self.model.config.id2label
        self.labels = [labels[number] for number in range(len(labels))]
        if entities:
            self.division = trained_on.get("division") or "Words"
            self._answer = self._entities
        else:
            self.pairs = trained_on.get("kind") == "TextPairClassification"
            self.several = self.model.config.problem_type == "multi_label_classification"
            calibration = folder / "calibration.json"
            self.temperature = _read(calibration)["temperature"] if calibration.exists() and not self.several else 1.0
            self._answer = self._classes

    def predict(self, model_input, params=None):
        """A row for each text: label, score and probabilities; labels and probabilities of a model with several classes a text; or entities."""
        return self._answer(_rows(model_input), params or {})

    def _classes(self, rows, params):
        temperature = self.temperature if params.get("calibrated", True) else 1.0
        answers = []
        texts = [_pair(row) if self.pairs else (_single(row), None) for row in rows]
        for first in range(0, len(texts), self.batch):
            part = texts[first : first + self.batch]
            seconds = [second for _, second in part] if self.pairs else None
            encoded = self.tokenizer([text for text, _ in part], seconds, truncation=True, max_length=self.limit, padding=self.batch > 1, return_tensors="pt")
            logits = self._logits(encoded).double()
            found = torch.sigmoid(logits) if self.several else torch.softmax(logits / temperature, -1)
            answers += [dict(zip(self.labels, row, strict=True)) for row in found.tolist()]
        if self.several:
            return pandas.DataFrame({"labels": [[label for label, score in answer.items() if score >= 0.5] for answer in answers], "probabilities": answers})
        best = [max(answer, key=answer.get) for answer in answers]
        return pandas.DataFrame({"label": best, "score": [answer[label] for label, answer in zip(best, answers, strict=True)], "probabilities": answers})

    def _entities(self, rows, params):
        texts = [_single(row) for row in rows]
        words = [divide(text, self.division) for text in texts]
        encoded = [self._encode(text, spans) for text, spans in zip(texts, words, strict=True)]
        answers = []
        for first in range(0, len(texts), self.batch):
            part = encoded[first : first + self.batch]
            padded = self.tokenizer.pad({"input_ids": [ids for ids, _ in part]}, padding=self.batch > 1, return_tensors="pt")
            scores, classes = torch.softmax(self._logits(padded).double(), -1).max(-1)
            for row, (_, owners) in enumerate(part):
                text, spans = texts[first + row], words[first + row]
                tags, certain = ["O"] * len(spans), [1.0] * len(spans)
                # A word's tag is that of its first token.
                for place in range(len(owners) - 1, -1, -1):
                    if owners[place] is not None:
                        tags[owners[place]], certain[owners[place]] = self.labels[int(classes[row, place])], float(scores[row, place])
                answers.append([
                    {"label": kind, "start": spans[begin][0], "end": spans[end - 1][1], "text": text[spans[begin][0] : spans[end - 1][1]], "score": min(certain[begin:end])}
                    for kind, begin, end in chunks(tags)
                ])  # fmt: skip
        return pandas.DataFrame({"entities": answers})

    def _encode(self, text, spans):
        """The ids of a text's words, each encoded by itself, with the special tokens around, and the number of the word that each belongs to."""
        backend = self.tokenizer.backend_tokenizer
        backend.no_truncation()
        backend.no_padding()
        frame = backend.encode("a")
        mask = frame.special_tokens_mask
        before = next(place for place, special in enumerate(mask) if not special)
        after = next(place for place, special in enumerate(reversed(mask)) if not special)
        ids, owners = [], []
        for number, (start, end) in enumerate(spans):
            own = backend.encode(text[start:end], add_special_tokens=False).ids
            ids += own
            owners += [number] * len(own)
        room = self.limit - before - after
        special = frame.ids[:before], frame.ids[len(mask) - after :]
        return special[0] + ids[:room] + special[1], [None] * before + owners[:room] + [None] * after

    def _logits(self, encoded):
        taken = {name: tensor.to(self.device) for name, tensor in encoded.items() if name in ("input_ids", "attention_mask", "token_type_ids")}
        with torch.no_grad():
            return self.model(**taken).logits.cpu()


def divide(text, division="Words"):
    """
    The places of the words that tags are given to: runs of letters, marks, digits and underscores; each user-perceived character of scripts that write no spaces, or of any where
    division is Characters; any other character by itself. White space and invisible characters are no words.
    """
    words, run = [], None
    place = 0
    while place < len(text):
        length = 1 if _is_space(text[place]) else _cluster(text, place)
        kind = _kind(text[place : place + length])
        if kind == "run" and division == "Characters":
            kind = "alone"
        if kind in ("space", "alone") and run:
            words.append(tuple(run))
            run = None
        if kind == "alone":
            words.append((place, place + length))
        if kind == "run":
            run = [run[0] if run else place, place + length]
        place += length
    if run:
        words.append(tuple(run))
    return words


def chunks(tags):
    """Kind, first word and the place after the last of each entity, as conlleval reads tags."""
    found, kind, begin = [], None, 0
    for place, tag in enumerate([*tags, "O"]):
        own = tag[2:] if len(tag) > 2 else None
        if kind is not None and own == kind and tag[0] == "I":
            continue
        if kind is not None:
            found.append((kind, begin, place))
        kind, begin = own, place
    return found


def _cluster(text, place):
    """How long the user-perceived character at a place is. A consonant after a virama begins a new one, as it did before Unicode 15.1 and does where the model was trained."""
    import regex

    end = regex.match(r"\X", text, pos=place).end()
    for own in range(place + 1, end):
        if _is_indic(text[own]) and unicodedata.category(text[own]) == "Lo" and (unicodedata.category(text[own - 1]) == "Mn" or text[own - 1] == "\u200d"):
            return own - place
    return end - place


def _is_indic(character):
    return any(first <= character <= last for first, last in (("\u0900", "\u0dff"), ("\u1000", "\u109f"), ("\u1780", "\u17ff"), ("\u1a20", "\u1aaf"), ("\u1b00", "\u1b7f")))


def _kind(cluster):
    character = next((own for own in cluster if not _is_invisible(own)), cluster[0])
    category = unicodedata.category(character)
    if category[0] in "LM" or category == "Nd" or character == "_":
        unspaced = any(first <= ord(character) <= last for first, last in UNSPACED)
        return "alone" if unspaced or (len(cluster) > 1 and cluster[-1] == "\u20e3") else "run"
    if _is_space(character) or character == "\u200b":
        return "space"
    return "invisible" if _is_invisible(character) else "alone"


def _is_space(character):
    return unicodedata.category(character)[0] == "Z" or "\t" <= character <= "\r" or character == "\x85"


def _is_invisible(character):
    return unicodedata.category(character) in ("Cf", "Cc") and not _is_space(character)


def _with_adapters(auto, folder, base):
    import peft

    adapters = _read(folder / "adapter_config.json")
    if adapters["peft_type"] != "LORA":
        raise ValueError(f"{folder}: {adapters['peft_type']}")
    named = base or adapters["base_model_name_or_path"]
    digests = folder / "adapter_base.json"
    expected = _read(digests) if digests.exists() else {}
    local = pathlib.Path(named)
    if local.is_absolute() and not local.is_dir():
        raise ValueError(
            f"These adapters stand beside a base whose folder {named} is not on this machine. Bring a folder with the weights {expected or 'of that base'} (file and SHA-256) and name it: "
            'mlflow.pyfunc.load_model(uri, model_config={"base": folder}). Or register the merged model, with LoraMerge set to true.'
        )
    if local.is_dir():
        for name, sha256 in expected.items():
            with open(local / name, "rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != sha256:
                raise ValueError(f"These adapters were trained beside another base: {local / name} has the SHA-256 {found}, not {sha256}.")
    config = transformers.AutoConfig.from_pretrained(folder)
    # The head is the adapters' own, whatever the base has.
    model = auto.from_pretrained(named, config=config, ignore_mismatched_sizes=True, revision=None if local.is_dir() else adapters.get("revision"))
    return peft.PeftModel.from_pretrained(model, folder).merge_and_unload()


def _rows(data):
    if isinstance(data, (str, dict)):
        return [data]
    if isinstance(data, pandas.DataFrame):
        return data.to_dict("records")
    return list(data)


def _single(row):
    if isinstance(row, dict):
        if len(row) != 1:
            raise ValueError(f"This model takes single texts, not rows with {', '.join(map(str, row))}.")
        row = next(iter(row.values()))
    if not isinstance(row, str):
        raise ValueError(f"A text is expected, not {type(row).__name__}.")
    return row


def _pair(row):
    if not isinstance(row, dict) or set(row) != {"text", "text_pair"} or not all(isinstance(text, str) for text in row.values()):
        raise ValueError('This model was trained on pairs of texts: each row needs "text" and "text_pair".')
    return row["text"], row["text_pair"]


def _read(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
