namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>How a family puts special tokens around a text and around a pair.</summary>
internal sealed record SequenceTemplate(IReadOnlyList<TemplatePart> Single, IReadOnlyList<TemplatePart> Pair)
{
    private const int MostSpecials = 64;

    /// <summary>The texts alone.</summary>
    public static readonly SequenceTemplate Bare = new([TemplatePart.First(0)], [TemplatePart.First(0), TemplatePart.Second(1)]);

    /// <summary>BERT's: [CLS] A [SEP], and [CLS] A [SEP] B [SEP] with type 1 from B on (arXiv:1810.04805).</summary>
    public static SequenceTemplate Bert(int classification, int separator) => new(
        [TemplatePart.Special(classification, 0), TemplatePart.First(0), TemplatePart.Special(separator, 0)],
        [
            TemplatePart.Special(classification, 0), TemplatePart.First(0), TemplatePart.Special(separator, 0), TemplatePart.Second(1),
            TemplatePart.Special(separator, 1),
        ]);

    /// <summary>RoBERTa's: &lt;s&gt; A &lt;/s&gt;, and &lt;s&gt; A &lt;/s&gt;&lt;/s&gt; B &lt;/s&gt;, all of type 0 (arXiv:1907.11692).</summary>
    public static SequenceTemplate Roberta(int classification, int separator) => new(
        [TemplatePart.Special(classification, 0), TemplatePart.First(0), TemplatePart.Special(separator, 0)],
        [
            TemplatePart.Special(classification, 0), TemplatePart.First(0), TemplatePart.Special(separator, 0), TemplatePart.Special(separator, 0),
            TemplatePart.Second(0), TemplatePart.Special(separator, 0),
        ]);

    /// <summary>Llama's: a begin token before, an end token after each text, where wanted.</summary>
    public static SequenceTemplate Decoder(int? begin, int? end)
    {
        return new([.. Text(TemplatePart.First(0), 0)], [.. Text(TemplatePart.First(0), 0), .. Text(TemplatePart.Second(1), 1)]);

        IEnumerable<TemplatePart> Text(TemplatePart text, int type)
        {
            if (begin is { } b) yield return TemplatePart.Special(b, type);
            yield return text;
            if (end is { } e) yield return TemplatePart.Special(e, type);
        }
    }

    /// <summary>Refuses special tokens that are none: a model has no embedding for them.</summary>
    /// <param name="vocabularySize">How many tokens there are.</param>
    /// <param name="file">The file to name.</param>
    /// <exception cref="TextDataException">A number is not one of the vocabulary's, or there are more than any family has.</exception>
    public void RequireIn(int vocabularySize, string file)
    {
        foreach (var parts in (IReadOnlyList<TemplatePart>[])[Single, Pair])
        {
            if (Specials(parts) > MostSpecials) throw new TextDataException($"the post-processor puts {Specials(parts)} special tokens around a text; {MostSpecials} at most are supported", file);
            foreach (var part in parts)
            {
                if (part.Text < 0 && part.Id >= vocabularySize)
                    throw new TextDataException($"the post-processor puts the token number {part.Id} around a text, but the vocabulary ends at {vocabularySize - 1}", file);
            }
        }
    }

    /// <summary>How many special tokens a row gets.</summary>
    public static int Specials(IReadOnlyList<TemplatePart> parts) => parts.Count(p => p.Text < 0);
}
