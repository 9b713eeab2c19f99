using System.Text.Json;
using FineTuneWorkflows.Tests.Python;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Tracking.Models;

namespace FineTuneWorkflows.Stages.Tests.Tracking;

/// <summary>The module that a registered model brings divides texts into the words that its model learned.</summary>
public sealed class LiveWordsTests : IDisposable
{
    private static readonly string[] Texts =
    [
        "", "  ", "Plain words, punctuation; and_underscores (42)!", "don't stop-gap U.S. 3.14", "Grüße, naïve café", "e\u0301te\u0301 nfd", "北京大学在中国。", "東京タワーへ行く", "ﾊﾝｶｸ カナ", "สวัสดีชาวโลก", "ກຳ ລາວ",
        "ខ្មែរ", "မြန်မာ", "བོད་ཡིག", "한국어 문장입니다", "हिन्दी पाठ", "العَرَبِيَّة نص", "עברית", "Ελληνικά", "mixed中文and English文字", "😀 and 👩‍👩‍👧 family 👍🏽", "flags 🇩🇪🇫🇷", "1️⃣ keycap", "zero\u200Bwidth\u00ADsoft\u200Djoin\uFEFF",
        "tab\there\r\nand\u2028there\u00A0x\u3000y", "\u0301leading mark", "a \u0301b", "𠀀𠀁 plane two", "𝒜𝓁𝑔", "x²+y₃=½", "々〆〇", "ゝ・ー", "\u0001control\u0007", "A\u20DDB", "١٢٣ digits",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("finetune-words-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(WordDivision.Words)]
    [InlineData(WordDivision.Characters)]
    public void Python_divides_texts_of_all_scripts_as_the_training_did(WordDivision division)
    {
        ReferencePython.Require("torch", "transformers", "pandas", "regex");
        var model = Directory.CreateDirectory(Path.Combine(folder, "model")).FullName;
        File.WriteAllText(Path.Combine(model, "config.json"), """{"architectures":["BertForTokenClassification"],"model_type":"bert"}""");
        File.WriteAllText(Path.Combine(model, "model.safetensors"), "weights");
        MlflowModelFolder.Write(new() { Folder = model }, Path.Combine(folder, "out"));
        var script = Path.Combine(folder, "divide.py");
        File.WriteAllText(script, "import json, sys\nsys.path.insert(0, sys.argv[1])\nimport finetune_workflows_v2\n"
            + "print(json.dumps([finetune_workflows_v2.divide(text, sys.argv[3]) for text in json.load(open(sys.argv[2], encoding='utf-8'))]))\n");
        var texts = Path.Combine(folder, "texts.json");
        File.WriteAllText(texts, JsonSerializer.Serialize(Texts));
        var found = JsonSerializer.Deserialize<int[][][]>(ReferencePython.Run(script, Path.Combine(folder, "out", "code"), texts, division.ToString()))!;
        for (var i = 0; i < Texts.Length; i++)
            Assert.Equal(
                TextWords.Split(Texts[i], division).Select(word => $"{Points(Texts[i], word.Start)}-{Points(Texts[i], word.End)} {Texts[i][word.Start..word.End]}"),
                found[i].Select(word => $"{word[0]}-{word[1]} {string.Concat(Texts[i].EnumerateRunes().Take(word[1]).Skip(word[0]))}"));
    }

    private static int Points(string text, int end) => text[..end].EnumerateRunes().Count();
}
