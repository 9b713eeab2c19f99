using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>Entities in texts. A word's tag is that of its first token, as in training.</summary>
internal sealed class EntityPredictor : TextPredictor
{
    private readonly TokenClassifierModel model;
    private readonly Tokenizer tokenizer;
    private readonly int maxLength;

    public EntityPredictor(string folder, Tokenizer tokenizer, TorchDevice device)
    {
        this.tokenizer = tokenizer;
        model = TokenClassifierModel.Load(folder, device, findBase: BaseModels.Folder);
        maxLength = Math.Min(model.MaxTokens, tokenizer.ModelMaxLength ?? int.MaxValue);
    }

    public override IReadOnlyList<string> Labels => model.Labels;

    public override IReadOnlyList<TextPrediction> Predict(IReadOnlyList<string> texts, int batchSize = 64, CancellationToken cancellationToken = default)
    {
        var words = texts.Select(TextWords.Split).ToArray();
        var rows = texts.Select((text, i) => tokenizer.EncodeWords([.. words[i].Select(w => text[w.Start..w.End])], new() { MaxLength = maxLength })).ToArray();
        var classes = model.Predict([.. rows.Select(row => row.Ids)], batchSize, cancellationToken);
        return [.. texts.Select((text, i) => Prediction(text, words[i], rows[i], classes[i]))];
    }

    protected override void Dispose(bool disposing) => model.Dispose();

    private TextPrediction Prediction(string text, IReadOnlyList<TokenSpan> words, EncodedText row, TokenClass[] classes)
    {
        var found = new TokenClass[words.Count];
        // A word that was cut off or has no token is outside all entities, the first class.
        Array.Fill(found, new TokenClass(0, 1));
        for (var t = row.Ids.Length - 1; t >= 0; t--)
            if (row.WordIds[t] >= 0)
                found[row.WordIds[t]] = classes[t];
        var entities = EntityChunk.Of([.. found.Select(f => Labels[f.Class])])
            .Select(chunk => (Chunk: chunk, Start: words[chunk.Start].Start, End: words[chunk.End - 1].End))
            .Select(e => new PredictedEntity(e.Chunk.Kind, e.Start, e.End, text[e.Start..e.End], found[e.Chunk.Start..e.Chunk.End].Min(f => f.Probability)))
            .ToArray();
        return new(string.Join(',', entities.Select(e => e.Label).Distinct()), []) { Entities = entities };
    }
}
