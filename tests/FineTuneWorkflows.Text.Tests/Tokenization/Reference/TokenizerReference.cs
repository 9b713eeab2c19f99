using System.Runtime.InteropServices;
using System.Text.Json;
using FineTuneWorkflows.Tests.Python;
using FineTuneWorkflows.Text.Tokenization;
using FineTuneWorkflows.Text.Tokenization.Training;

namespace FineTuneWorkflows.Text.Tests.Tokenization.Reference;

/// <summary>
/// Tokenizers of every kind that the families have, loaded and saved here, and what Hugging Face's AutoTokenizer makes of 100,000 lines with what was saved. Made once, when it is
/// first asked for.
/// </summary>
public sealed class TokenizerReference : IDisposable
{
    private const int LineCount = 100_000;
    private const string Seed = "20261127", VocabularySize = "2000";

    /// <summary>Names a folder with more tokenizers, one in each folder below, such as ones of the hub.</summary>
    private const string MoreVariable = "FINETUNE_TOKENIZERS";

    private readonly TempFolder _temp = new();
    private readonly Lazy<IReadOnlyList<string>> _lines;
    private int _asked;

    public TokenizerReference() => _lines = new Lazy<IReadOnlyList<string>>(Make);

    /// <summary>The names of the tokenizers.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "bert-vocab", "bert-json", "gpt2", "gpt2-ours", "roberta", "llama2", "llama3", "mistral", "mistral-tekken", "qwen", "xlm-roberta", .. More.Select(Path.GetFileName)!,
    ];

    /// <summary>The 100,000 lines.</summary>
    public IReadOnlyList<string> Lines => _lines.Value;

    /// <summary>The version of transformers, such as <c>4.52.4</c>.</summary>
    public string Version => File.ReadAllText(Path.Combine(Saved, "version.txt"));

    private static string[] More => Environment.GetEnvironmentVariable(MoreVariable) is { Length: > 0 } folder ? Directory.GetDirectories(folder) : [];

    private static string Fixtures => Path.Combine(AppContext.BaseDirectory, "Tokenization", "Fixtures");

    /// <summary>A tokenizer as it was saved.</summary>
    public Tokenizer Load(string kind) => Tokenizer.Load(Path.Combine(Saved, kind));

    /// <summary>AutoTokenizer's ids of the lines.</summary>
    public int[][] Ids(string kind) => Read(Path.Combine(Saved, kind, "ids.bin"));

    /// <summary>AutoTokenizer's ids of other lines.</summary>
    public int[][] Ids(string kind, IReadOnlyList<string> lines)
    {
        string root = _temp[$"asked-{++_asked}"], own = Path.Combine(root, kind);
        Copy(Path.Combine(Saved, kind), own);
        Write(Path.Combine(own, "lines.jsonl"), lines);
        ReferencePython.Run(Script("encode_lines.py"), root);
        return Read(Path.Combine(own, "ids.bin"));
    }

    public void Dispose() => _temp.Dispose();

    private string Saved => _temp["saved"];

    private IReadOnlyList<string> Make()
    {
        string made = _temp["made"];
        ReferencePython.Run(Script("write_tokenizers.py"), made, $"{LineCount}", Seed, VocabularySize, ShippedData.Bert, ShippedData.Sentences);
        Copy(Path.Combine(Fixtures, "llama"), Path.Combine(made, "llama2"));
        Copy(Path.Combine(Fixtures, "xlm-roberta"), Path.Combine(made, "xlm-roberta"));
        // What stands beside a SentencePiece model in a folder of transformers.
        File.WriteAllText(Path.Combine(made, "llama2", "tokenizer_config.json"), """{"tokenizer_class": "LlamaTokenizer", "legacy": true, "add_bos_token": true, "add_eos_token": false}""");
        File.WriteAllText(Path.Combine(made, "xlm-roberta", "tokenizer_config.json"), """{"tokenizer_class": "XLMRobertaTokenizer"}""");
        File.WriteAllText(
            Path.Combine(made, "xlm-roberta", "special_tokens_map.json"), """{"mask_token": {"content": "<mask>", "lstrip": true, "normalized": false, "rstrip": false, "single_word": false}}""");
        foreach (string folder in More)
            Copy(folder, Path.Combine(made, Path.GetFileName(folder)));
        string[] lines = [.. File.ReadLines(Path.Combine(made, "lines.jsonl")).Select(line => JsonSerializer.Deserialize<string>(line)!)];
        BytePairTrainer.Train(lines.Take(3000), new BytePairTrainingOptions { VocabularySize = 2000 }, Path.Combine(made, "gpt2-ours"));
        foreach (string kind in Kinds)
        {
            string folder = Path.Combine(Saved, kind);
            Directory.CreateDirectory(folder);
            Tokenizer.Load(Path.Combine(made, kind)).Save(folder);
        }
        File.Move(Path.Combine(made, "lines.jsonl"), Path.Combine(Saved, "lines.jsonl"));
        ReferencePython.Run(Script("encode_lines.py"), Saved);
        return lines;
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Tokenization", "Reference", "Python", name);

    private static void Write(string file, IEnumerable<string> lines) => File.WriteAllLines(file, lines.Select(line => JsonSerializer.Serialize(line)));

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static int[][] Read(string file)
    {
        int[] numbers = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(file)).ToArray();
        var rows = new List<int[]>();
        for (int at = 0; at < numbers.Length; at += numbers[at] + 1)
            rows.Add(numbers[(at + 1)..(at + 1 + numbers[at])]);
        return [.. rows];
    }
}
