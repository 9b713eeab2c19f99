using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Benchmarks.Tokenize;

/// <summary>
/// Any number of texts made from the shipped sentences. So that the words are not the same few thousand again and again, as they are in no real data set, each word is replaced with a random one of 36,654 from the shipped
/// lexicon with probability 0.06, and with a random number with probability 0.01.
/// </summary>
internal static class GeneratedTexts
{
    private const ulong Seed = 20_251_123;
    private const double LexiconShare = 0.06;
    private const double NumberShare = 0.01;

    /// <summary>The texts, the same at each call.</summary>
    public static IEnumerable<TextExample> Generate(int count)
    {
        var sentences = File.ReadLines(Repository.Sentences).Select(Sentence).ToArray();
        var lexicon = Lexicon();
        var random = new SeededRandom(Seed);
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var (words, label) = sentences[random.Next(sentences.Length)];
            text.Clear();
            foreach (var word in words)
            {
                if (text.Length > 0)
                    text.Append(' ');
                var draw = random.NextDouble();
                _ = draw < LexiconShare ? text.Append(lexicon[random.Next(lexicon.Length)])
                    : draw < LexiconShare + NumberShare ? text.Append(CultureInfo.InvariantCulture, $"{random.Next(100_000)}")
                    : text.Append(word);
            }

            yield return new(text.ToString(), label);
        }
    }

    /// <summary>Writes a dataset: of each 100 texts one for validation and one for the test.</summary>
    public static DatasetFolder Write(string folder, int count)
    {
        using var writer = new DatasetFolderWriter(folder);
        var row = 0;
        foreach (var example in Generate(count))
            writer.Add((row++ % 100) switch { 0 => SplitName.Validation, 1 => SplitName.Test, _ => SplitName.Train }, example);
        return writer.Complete();
    }

    private static (string[] Words, string Label) Sentence(string line)
    {
        using var json = JsonDocument.Parse(line);
        return (json.RootElement.GetProperty("text").GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries), json.RootElement.GetProperty("label").GetString()!);
    }

    private static string[] Lexicon()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Repository.Synonyms), CompressionMode.Decompress));
        var words = new List<string>();
        while (reader.ReadLine() is { } line)
            words.Add(line[..line.IndexOf('\t', StringComparison.Ordinal)]);
        return [.. words];
    }
}
