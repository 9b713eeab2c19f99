using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>Texts that go on from others.</summary>
internal sealed class TextContinuer : TextPredictor
{
    private readonly TextGeneratorModel model;
    private readonly Tokenizer tokenizer;
    private readonly GenerationOptions options;

    public TextContinuer(string folder, Tokenizer tokenizer, TorchDevice device, GenerationOptions options)
    {
        (this.tokenizer, this.options) = (tokenizer, options);
        model = TextGeneratorModel.Load(folder, device, findBase: BaseModels.Folder);
    }

    public override IReadOnlyList<string> Labels => [];

    public override IReadOnlyList<TextPrediction> Predict(IReadOnlyList<string> texts, int batchSize = 64, CancellationToken cancellationToken = default) =>
        [.. texts.Select(text => new TextPrediction("", []) { Continuation = Continue(text, cancellationToken) })];

    protected override void Dispose(bool disposing) => model.Dispose();

    private string Continue(string text, CancellationToken cancellationToken)
    {
        var prompt = tokenizer.Encode(text, new EncodeOptions { AddSpecialTokens = false }).Ids;
        if (tokenizer.SpecialTokens.Begin is { } begin && (prompt.Length == 0 || prompt[0] != begin))
            prompt = [begin, .. prompt];
        if (prompt.Length == 0)
            throw new StageException("an empty text cannot be gone on from: the tokenizer has no token that begins a text");
        // A prompt that is too long leaves its beginning out: what comes next depends most on its end.
        var most = Math.Max(1, model.MaxTokens - options.MaxNewTokens);
        if (prompt.Length > most)
            prompt = prompt[^most..];
        int[] stops = tokenizer.SpecialTokens.End is { } end ? [end] : [];
        // Decoded together, since a word's pieces may only be whole with what stands before them.
        var written = model.Generate(prompt, options with { StopTokenIds = [.. options.StopTokenIds, .. stops] }, cancellationToken);
        var before = tokenizer.Decode(prompt);
        var whole = tokenizer.Decode([.. prompt, .. written]);
        return whole.StartsWith(before, StringComparison.Ordinal) ? whole[before.Length..] : tokenizer.Decode([.. written]);
    }
}
