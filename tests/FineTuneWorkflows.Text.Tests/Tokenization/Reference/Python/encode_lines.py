"""
Encodes lines with the tokenizers that AutoTokenizer loads: encode_lines.py FOLDER

Each folder below has a tokenizer; its lines are in its own lines.jsonl or else in FOLDER's. Its ids.bin gets a number of ids and the ids for each line, in 32 bits.
"""

import json
import pathlib
import sys
from array import array

import transformers

transformers.logging.set_verbosity_error()
folder = pathlib.Path(sys.argv[1])
for own in sorted(path for path in folder.iterdir() if path.is_dir()):
    tokenizer = transformers.AutoTokenizer.from_pretrained(own)
    file = own / "lines.jsonl" if (own / "lines.jsonl").exists() else folder / "lines.jsonl"
    lines = [json.loads(line) for line in open(file, encoding="utf-8")]
    found = array("i")
    for start in range(0, len(lines), 1000):
        for ids in tokenizer(lines[start:start + 1000], return_attention_mask=False, return_token_type_ids=False)["input_ids"]:
            found.append(len(ids))
            found.extend(ids)
    (own / "ids.bin").write_bytes(found.tobytes())
    print(own.name, type(tokenizer).__name__)
(folder / "version.txt").write_text(transformers.__version__)
