using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Text;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Benchmarks.Fuzz;

/// <summary>Every kind of tokenizer file: loading, encoding and decoding.</summary>
internal sealed class TokenizersTarget : IFuzzTarget
{
    private static readonly string[] Texts = ["Hello <s> wörld 😀 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "", " \n\t", "日本語 ﷺ ① e\u0301 \u0000 \ud800", new string('a', 3000) + "b"];

    public string Name => "tokenizers";

    public IReadOnlyList<FuzzInput> Corpus { get; } = Read();

    public IReadOnlyList<string> Pieces { get; } =
    [
        "{\"type\":\"Lowercase\"}", "{\"type\":\"NFKC\"}", "{\"type\":\"Strip\",\"strip_left\":true}", "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aaaaaaaaaaaaaaaaaaaa\"}", "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(a+)+$\"},\"content\":\"b\"}",
        "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\\\\s+|(?=a)\"},\"behavior\":\"Isolated\"}", "{\"type\":\"Prepend\",\"prepend\":\"\u2581\"}", "{\"type\":\"Metaspace\"}", "{\"type\":\"ByteFallback\"}", "{\"type\":\"Fuse\"}", "{\"type\":\"WhitespaceSplit\"}",
        "{\"type\":\"Punctuation\",\"behavior\":\"Contiguous\"}", "\"Sequence\"", "\"normalizers\":[", "\"pretokenizers\":[", "\"decoders\":[", "\"Regex\":", "\"String\":", "\"WordPiece\"", "\"Unigram\"", "\"BPE\"", "\"byte_fallback\":true",
        "\"ignore_merges\":true", "\"max_input_chars_per_word\":", "\"lstrip\":true", "\"rstrip\":true", "\"single_word\":true", "\"normalized\":true", "\"special\":true", "\"id\":", "{", "}", "[", "]", ",", ":", "\"", "\\", " ", "\n", "##", "\u0120", "<0x41>", "\u2581", "\ud83d\ude00", "a b",
        "\"tokenizer_class\":\"LlamaTokenizer\"", "\"add_bos_token\":true", "\"chat_template\":\"{{ messages }}\"",
    ];

    public bool IsDocumented(Exception e) => e is TextDataException;

    public void Run(FuzzInput input, string folder, int variant)
    {
        foreach (var (name, bytes) in input.Beside!) File.WriteAllBytes(Path.Combine(folder, name), bytes);
        File.WriteAllBytes(Path.Combine(folder, input.Name), input.Bytes);
        var tokenizer = Tokenizer.Load(folder);
        foreach (var text in Texts)
        {
            var ids = tokenizer.Encode(text, new EncodeOptions { SpecialTokensInText = variant % 2 == 0, AddSpecialTokens = variant % 4 < 2 }).Ids;
            if (ids.Any(id => id < 0 || id >= tokenizer.VocabularySize)) throw new InvalidOperationException("an id is outside the vocabulary");
            _ = tokenizer.Decode(ids, skipSpecialTokens: variant % 2 == 0);
        }
        _ = tokenizer.EncodePair(Texts[0], Texts[3], new EncodeOptions { MaxLength = 128 });
        _ = tokenizer.EncodeWords(["Hello", "", "wörld"]);
    }

    /// <summary>The small tokenizers of the tests, one of each family, each of their files to be mutated with the others beside it.</summary>
    private static List<FuzzInput> Read()
    {
        var inputs = new List<FuzzInput>();
        foreach (var folder in Directory.GetDirectories(Path.Combine(Repository.Root, "tests", "FineTuneWorkflows.Text.Tests", "Tokenization", "Fixtures")).Order(StringComparer.Ordinal))
        {
            var files = Tokenizer.FileNames.Where(name => File.Exists(Path.Combine(folder, name))).ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(folder, name)), StringComparer.Ordinal);
            inputs.AddRange(files.Keys.Order(StringComparer.Ordinal).Select(name => new FuzzInput(name, files[name], files.Where(f => f.Key != name).ToDictionary())));
        }
        return inputs.Count > 0 ? inputs : throw new BenchmarkException("there are no small tokenizers below tests/FineTuneWorkflows.Text.Tests/Tokenization/Fixtures");
    }
}
