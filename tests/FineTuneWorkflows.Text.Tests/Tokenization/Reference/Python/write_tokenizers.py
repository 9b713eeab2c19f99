"""
Writes lines.jsonl and, each in a folder of its own, small tokenizers of the kinds that the families have, trained on other lines of the same kind:
write_tokenizers.py FOLDER COUNT SEED VOCABULARY BERT_FOLDER [JSONL_WITH_TEXTS...]
"""

import json
import pathlib
import shutil
import sys

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

import lines

GPT4 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN = GPT4.replace(r"\p{N}{1,3}", r"\p{N}")
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+")


def byte_level(texts, size, specials, words=None, normalizer=None, ignore_merges=False):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    tokenizer.normalizer = normalizer
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=words is None)
    tokenizer.pre_tokenizer = level if words is None else pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(words), "isolated"), level])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=specials, show_progress=False))
    return tokenizer


def template(tokenizer, begin):
    return processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(
        single=f"{begin} $A", pair=f"{begin} $A {begin} $B:1", special_tokens=[(begin, tokenizer.token_to_id(begin))])])


def pairs(folder, tokenizer, config):
    """vocab.json and merges.txt."""
    folder.mkdir(parents=True)
    tokenizer.model.save(str(folder))
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def whole(folder, tokenizer, config):
    """tokenizer.json."""
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def bert(folder, vocabulary):
    shutil.copytree(vocabulary, folder / "bert-vocab", ignore=shutil.ignore_patterns("*.md", "LICENSE"))
    from tokenizers.implementations import BertWordPieceTokenizer
    tokenizer = BertWordPieceTokenizer(str(vocabulary / "vocab.txt"))
    whole(folder / "bert-json", tokenizer, json.loads((vocabulary / "tokenizer_config.json").read_text()))


def mistral(folder, texts, size):
    """SentencePiece's BPE with byte fallback, as tokenizer.json has it without the old handling of spaces."""
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=True)
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size + 600, special_tokens=["<unk>", "<s>", "</s>", *bytes_], limit_alphabet=300, show_progress=False))
    # Bytes are entries like any other, not special ones.
    parts = json.loads(tokenizer.to_str())
    parts["added_tokens"] = [token for token in parts["added_tokens"] if token["id"] < 3]
    tokenizer = Tokenizer.from_str(json.dumps(parts))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B:1", special_tokens=[("<s>", 1)])
    whole(folder / "mistral", tokenizer, {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "clean_up_tokenization_spaces": False})


def main(folder, count, seed, size, vocabulary, *files):
    folder.mkdir(parents=True, exist_ok=True)
    shipped = [json.loads(line)["text"] for file in files for line in open(file, encoding="utf-8")]
    with open(folder / "lines.jsonl", "w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines.make(count, seed, shipped))
    texts = lines.make(4000, seed + 1, shipped)
    bert(folder, vocabulary)
    families(folder, texts, size)


def families(folder, texts, size):
    """Tokenizers that are trained on texts."""
    pairs(folder / "gpt2", byte_level(texts, size, ["<|endoftext|>"]), {
        "tokenizer_class": "GPT2Tokenizer", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "add_prefix_space": False})
    pairs(folder / "roberta", byte_level(texts, size, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]), {"tokenizer_class": "RobertaTokenizer", "add_prefix_space": False})
    (folder / "roberta" / "special_tokens_map.json").write_text(json.dumps(
        {"mask_token": {"content": "<mask>", "lstrip": True, "normalized": False, "rstrip": False, "single_word": False}}, indent=2) + "\n")
    llama3 = byte_level(texts, size, ["<|begin_of_text|>", "<|end_of_text|>", "<|im_end|>"], GPT4, ignore_merges=True)
    llama3.post_processor = template(llama3, "<|begin_of_text|>")
    whole(folder / "llama3", llama3, {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|begin_of_text|>", "eos_token": "<|end_of_text|>", "clean_up_tokenization_spaces": True})
    qwen = byte_level(texts, size, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], QWEN, normalizers.NFC())
    qwen.post_processor = processors.ByteLevel(trim_offsets=False)
    whole(folder / "qwen", qwen, {"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "clean_up_tokenization_spaces": False})
    tekken = byte_level(texts, size, ["<unk>", "<s>", "</s>"], TEKKEN)
    tekken.post_processor = template(tekken, "<s>")
    whole(folder / "mistral-tekken", tekken, {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "clean_up_tokenization_spaces": False})
    mistral(folder, texts, size)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), pathlib.Path(sys.argv[5]), *sys.argv[6:])
