using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Tokenization.Loading;
using FineTuneWorkflows.Text.Tokenization.Models;
using FineTuneWorkflows.Text.Tokenization.PreTokenization;

namespace FineTuneWorkflows.Text.Tokenization.Training;

/// <summary>
/// Makes a byte-level BPE vocabulary from texts, as GPT-2 has it: words are those of its pattern with the space before them, pieces grow from bytes by
/// joining the most frequent pair of neighbours (R. Sennrich et al., arXiv:1508.07909; A. Radford et al. 2019). Every text of any language encodes. Equal
/// texts in any order give equal bytes.
/// </summary>
public static class BytePairTrainer
{
    private const int ProgressEvery = 10_000;
    private static readonly Regex Words = new(ByteLevelPreTokenizer.WordPattern, RegexOptions.CultureInvariant | RegexOptions.Compiled);

    /// <summary>
    /// Reads the texts once and writes <c>vocab.json</c>, <c>merges.txt</c> and <c>tokenizer_config.json</c> of a GPT2Tokenizer. The end token is 0, then
    /// come the 256 bytes, then the pieces in the order they were joined.
    /// </summary>
    /// <param name="texts">The texts; only their different words are kept in memory.</param>
    /// <param name="options">Size and frequency.</param>
    /// <param name="folder">The folder to write; made where it is missing.</param>
    /// <param name="progress">Told the phase <c>counting words</c>, in texts.</param>
    /// <param name="cancellationToken">Checked at every text and every piece.</param>
    /// <returns>The tokenizer; it has fewer entries than wanted where no pair is frequent enough.</returns>
    /// <exception cref="TextDataException">The texts have no words; or the size has no room for the bytes; or the folder cannot be written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of the options is below 1.</exception>
    public static Tokenizer Train(
        IEnumerable<string> texts, BytePairTrainingOptions options, string folder, IProgress<TextProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.VocabularySize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinFrequency, 1, nameof(options));
        string[] first = [options.EndToken, .. Enumerable.Range(0, 256).Select(b => ByteAlphabet.Character((byte)b).ToString())];
        if (first.Length > options.VocabularySize)
            throw new TextDataException($"a vocabulary of {options.VocabularySize} entries has no room: the end token and the bytes are {first.Length} already");
        var merger = new PieceMerger(first, continuation: "");
        foreach (var (word, count) in Count(texts, progress, cancellationToken)) merger.Add(word, count);
        merger.Merge(options.VocabularySize, options.MinFrequency, cancellationToken);
        Write(merger, options.EndToken, folder);
        return Tokenizer.Load(folder);
    }

    /// <summary>Each different word, its bytes as characters, in ordinal order.</summary>
    private static IEnumerable<(string Word, long Count)> Count(IEnumerable<string> texts, IProgress<TextProgress>? progress, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        long done = 0;
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var match in Words.EnumerateMatches(text))
            {
                var word = text.AsSpan(match.Index, match.Length);
                lookup[word] = lookup.TryGetValue(word, out var count) ? count + 1 : 1;
            }
            if (++done % ProgressEvery == 0) progress?.Report(new TextProgress("counting words", done, null, "texts"));
        }
        progress?.Report(new TextProgress("counting words", done, done, "texts"));
        if (counts.Count == 0) throw new TextDataException("the texts have no words, so no vocabulary can be made of them");
        return counts.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => (ByteAlphabet.Write(p.Key), p.Value));
    }

    private static void Write(PieceMerger merger, string endToken, string folder)
    {
        var entries = new JsonObject(merger.Entries.Select((entry, id) => KeyValuePair.Create(entry, (JsonNode?)id)));
        var settings = new JsonObject
        {
            ["tokenizer_class"] = "GPT2Tokenizer",
            ["add_prefix_space"] = false,
            ["bos_token"] = endToken,
            ["eos_token"] = endToken,
            ["unk_token"] = endToken,
        };
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, BytePairFiles.Entries), TextJson.Bytes(entries));
            File.WriteAllText(
                Path.Combine(folder, BytePairFiles.Merges), "#version: 0.2\n" + string.Concat(merger.Merges.Select(m => $"{m.Left} {m.Right}\n")), new UTF8Encoding(false));
            File.WriteAllBytes(Path.Combine(folder, TokenizerConfigFile.Name), TextJson.Bytes(settings));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the vocabulary cannot be written: {e.Message}", folder, inner: e);
        }
    }
}
