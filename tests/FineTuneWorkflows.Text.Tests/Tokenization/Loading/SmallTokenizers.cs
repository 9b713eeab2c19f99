using System.Text.Json;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Tokenization.Loading;

/// <summary>Tokenizers of a few entries, file name and content.</summary>
internal static class SmallTokenizers
{
    public static readonly Dictionary<string, string> Json = new()
    {
        ["tokenizer.json"] =
            """
            {"version":"1.0","added_tokens":[{"id":8,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
            "normalizer":{"type":"NFC"},"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"use_regex":true},
            "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
            "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[8],"tokens":["<s>"]}}},
            "decoder":{"type":"ByteLevel"},
            "model":{"type":"BPE","vocab":{"h":0,"e":1,"l":2,"o":3,"Ġ":4,"ll":5,"he":6,"hello":7,"llo":9},"merges":[["l","l"],["h","e"],["ll","o"],"he llo"]}}
            """,
    };

    public static readonly Dictionary<string, string> BytePairs = new()
    {
        ["vocab.json"] = """{"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"h":4,"e":5,"l":6,"o":7,"Ġ":8,"ll":9,"he":10,"hello":11,"llo":12,"<mask>":13}""",
        ["merges.txt"] = "#version: 0.2\nl l\nh e\nll o\nhe llo\n",
        ["tokenizer_config.json"] = """{"tokenizer_class":"RobertaTokenizer","model_max_length":512,"add_prefix_space":false}""",
    };

    /// <summary>A tokenizer whose tokens are bytes, with the tokens of ChatML and Llama 2.</summary>
    public static Tokenizer Bytes(TempFolder temp)
    {
        var vocab = string.Join(',', Enumerable.Range(0, 256).Select(b => $"{JsonSerializer.Serialize(ByteNames.Of((byte)b))}:{b}"));
        temp.Write("bytes/vocab.json", "{" + vocab + "}");
        temp.Write("bytes/merges.txt", "#version: 0.2\n");
        string[] special = ["<|im_start|>", "<|im_end|>", "<s>", "</s>"];
        var added = string.Join(',', special.Select((t, i) => $"\"{256 + i}\":{{\"content\":\"{t}\",\"special\":true}}"));
        temp.Write("bytes/tokenizer_config.json", "{\"tokenizer_class\":\"Qwen2Tokenizer\",\"added_tokens_decoder\":{" + added + "}}");
        return Tokenizer.Load(temp["bytes"]);
    }
}
