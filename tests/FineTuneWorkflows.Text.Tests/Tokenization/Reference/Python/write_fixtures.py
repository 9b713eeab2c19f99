"""Writes the committed tokenizers, lines.jsonl, and ids.jsonl with AutoTokenizer's ids of each line: write_fixtures.py FIXTURES"""

import json
import pathlib
import shutil
import sys
import unicodedata

import transformers
from tokenizers.implementations import BertWordPieceTokenizer

import lines
import write_tokenizers

SEED, COUNT, SIZE = 5, 250, 600


def old(line):
    """Without characters that came after Unicode 3.2: BERT's tables in tokenizers are of an older version than those of .NET."""
    return "".join(character for character in line if unicodedata.ucd_3_2_0.category(character) != "Cn" and character != "\u166d")


def bert(folder, texts):
    tokenizer = BertWordPieceTokenizer()
    tokenizer.train_from_iterator(texts, vocab_size=2 * SIZE, limit_alphabet=500, show_progress=False)
    tokenizer = BertWordPieceTokenizer({token: number for token, number in tokenizer.get_vocab().items()})
    write_tokenizers.whole(folder / "bert", tokenizer, {"tokenizer_class": "BertTokenizer", "do_lower_case": True})


transformers.logging.set_verbosity_error()
folder = pathlib.Path(sys.argv[1])
kinds = ["bert", "gpt2", "roberta", "llama3", "qwen", "mistral", "mistral-tekken"]
for kind in kinds:
    shutil.rmtree(folder / kind, ignore_errors=True)
texts = lines.make(2000, SEED + 1)
bert(folder, texts)
write_tokenizers.families(folder, texts, SIZE)
made = [old(line) for line in lines.make(COUNT, SEED)]
(folder / "lines.jsonl").write_text("".join(json.dumps(line) + "\n" for line in made))
for kind in kinds:
    ids = transformers.AutoTokenizer.from_pretrained(folder / kind)(made)["input_ids"]
    (folder / kind / "ids.jsonl").write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in ids))
