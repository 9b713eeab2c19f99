using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Stages.Entities;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>Entities in texts, or among words that were divided before. A word's tag is that of its first token, as in training.</summary>
internal sealed class EntityPredictor : TextPredictor
{
    private readonly TokenClassifierModel model;
    private readonly Tokenizer tokenizer;
    private readonly int maxLength;
    private readonly OffsetUnit unit;

    public EntityPredictor(string folder, Tokenizer tokenizer, TorchDevice device, PredictionOptions options)
        : base(folder)
    {
        (this.tokenizer, unit) = (tokenizer, options.Offsets);
        WordTags.Check(ModelConfig.Read(folder).Labels(), folder);
        model = TokenClassifierModel.Load(folder, device, options.Threads, BaseModels.Folder);
        maxLength = Math.Min(model.MaxTokens, tokenizer.ModelMaxLength ?? int.MaxValue);
    }

    public override IReadOnlyList<string> Labels => model.Labels;

    private WordDivision Division => Input?.Division ?? WordDivision.Words;

    private protected override IReadOnlyList<TextPrediction> PredictCore(IReadOnlyList<TextExample> inputs, int batchSize, CancellationToken cancellationToken)
    {
        var spans = inputs.Select(input => input.Words.Count > 0 ? null : TextWords.Split(input.Text, Division)).ToArray();
        var words = inputs.Select((input, i) => spans[i] is { } own ? [.. own.Select(w => input.Text[w.Start..w.End])] : input.Words).ToArray();
        var rows = words.Select(each => tokenizer.EncodeWords(each, new() { MaxLength = maxLength })).ToArray();
        var classes = model.Predict([.. rows.Select(row => row.Ids)], batchSize, cancellationToken);
        return [.. inputs.Select((input, i) => Prediction(input, spans[i], WordTags.Of(words[i].Count, rows[i], classes[i])) with { CutTokens = rows[i].LostTokens, UnknownShare = UnknownTokens.Share(rows[i]) })];
    }

    private protected override string? Refusal(TextExample input) => base.Refusal(input.Words.Count > 0 ? input with { Words = [] } : input);

    protected override void Dispose(bool disposing) => model.Dispose();

    /// <param name="input">The text or the words.</param>
    /// <param name="spans">The words' places in the text; null where words were given.</param>
    /// <param name="found">Each word's class.</param>
    private TextPrediction Prediction(TextExample input, IReadOnlyList<TokenSpan>? spans, TokenClass?[] found)
    {
        string[] tags = [.. found.Select(f => f is { } known ? Labels[known.Class] : WordTags.Outside)];
        var offsets = new TextOffsets(input.Text, unit);
        var entities = EntityChunk.Of(tags).Select(chunk =>
        {
            var probability = found[chunk.Start..chunk.End].Min(f => f?.Probability ?? 1);
            if (spans is null)
                return new PredictedEntity(chunk.Kind, chunk.Start, chunk.End, TextWords.Join(input.Words.Take(chunk.End).Skip(chunk.Start), Division), probability);
            var (start, end) = (spans[chunk.Start].Start, spans[chunk.End - 1].End);
            return new PredictedEntity(chunk.Kind, offsets.FromUtf16(start), offsets.FromUtf16(end), input.Text[start..end], probability);
        }).ToArray();
        return new(string.Join(',', entities.Select(e => e.Label).Distinct()), []) { Entities = entities, Tags = spans is null ? tags : null };
    }
}
