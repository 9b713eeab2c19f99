using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>What stands behind the masks of texts.</summary>
internal sealed class MaskPredictor : TextPredictor
{
    private readonly MaskedTokenModel model;
    private readonly Tokenizer tokenizer;
    private readonly PredictionOptions options;
    private readonly int mask;
    private readonly int maxLength;

    public MaskPredictor(string folder, Tokenizer tokenizer, TorchDevice device, PredictionOptions options)
        : base(folder)
    {
        (this.tokenizer, this.options) = (tokenizer, options);
        mask = tokenizer.SpecialTokens.Mask ?? throw new StageException($"{folder} is a masked language model, but its tokenizer names no mask token (mask_token)");
        model = MaskedTokenModel.Load(folder, device, options.Threads, BaseModels.Folder);
        maxLength = Math.Min(model.MaxTokens, tokenizer.ModelMaxLength ?? int.MaxValue);
    }

    public override IReadOnlyList<string> Labels => [];

    private protected override IReadOnlyList<TextPrediction> PredictCore(IReadOnlyList<TextExample> inputs, int batchSize, CancellationToken cancellationToken)
    {
        var rows = inputs.Select(Encode).ToArray();
        var guesses = model.Guess([.. rows.Select(row => row.Ids)], mask, options.TopK, batchSize, cancellationToken);
        return [.. guesses.Select((masks, i) => new TextPrediction("", []) { Masks = [.. masks.Select(Words)], CutTokens = rows[i].LostTokens, UnknownShare = UnknownTokens.Share(rows[i]) })];
    }

    protected override void Dispose(bool disposing) => model.Dispose();

    private EncodedText Encode(TextExample input)
    {
        var row = tokenizer.Encode(input.Text, new EncodeOptions { MaxLength = maxLength, SpecialTokensInText = true });
        if (row.Ids.Contains(mask))
            return row;
        var name = tokenizer.Token(mask);
        throw new PredictionInputException(
            row.LostTokens > 0 && input.Text.Contains(name, StringComparison.Ordinal)
                ? $"the text '{Beginning(input.Text)}' has its {name} beyond the {maxLength} tokens that the model in {Folder} takes; shorten it"
                : $"the text '{Beginning(input.Text)}' has no {name}: the model in {Folder} guesses the words that stand there");
    }

    private static string Beginning(string text) => text.Length <= 60 ? text : text[..57] + "...";

    private WordGuess[] Words(IReadOnlyList<TokenGuess> guesses) => [.. guesses.Select(g => new WordGuess(tokenizer.Decode([g.TokenId], skipSpecialTokens: false), g.Probability))];
}
