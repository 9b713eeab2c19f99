using System.Globalization;
using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>
/// The tokens behind masks, by cross-entropy. The masks of a training sequence are drawn from (seed, epoch, its index), those of a validation sequence from
/// (seed, its index), so that the epochs can be compared.
/// </summary>
internal sealed class MaskedLanguageTask : SequenceTask
{
    private readonly MaskingOptions _masking;
    private readonly TokenMasker _masker;

    public MaskedLanguageTask(
        LanguageModel model, ISequenceDataset training, ISequenceDataset? validation, TrainingOptions options, MaskingOptions masking)
        : base(model, training, validation, options)
    {
        masking.Check(model.Config.VocabSize);
        (_masking, _masker) = (masking, new TokenMasker(masking, model.Config.VocabSize));
    }

    public override IReadOnlyList<string> Metrics => LanguageMetrics.All;

    protected override LabelKind Labels => LabelKind.None;

    protected override string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"{_masking.MaskTokenId}|{string.Join(',', _masking.SpecialTokenIds.Distinct().Order())}|{_masking.Probability:R}|{_masking.MaskShare:R}|{_masking.RandomShare:R}");

    public override void CheckData()
    {
        base.CheckData();
        CheckMaskable(Training, "training");
        if (HasValidation)
            CheckMaskable(Validation, "validation");
    }

    public override BatchLoss Loss(ReadOnlySpan<int> indices, int epoch)
    {
        (SequenceBatch batch, TokenTargets targets) = Masked(indices, Training, index => DerivedSeed.For(Options.Seed, "mask", epoch, index));
        return LossOf(batch, targets);
    }

    protected override IReadOnlyDictionary<string, double> Validate(EvaluationBatches batches, CancellationToken cancellation)
    {
        var scores = new TokenScores();
        TokenScorer.Score(
            Model, Validation, batches,
            indices => Masked(indices, Validation, index => DerivedSeed.For(Options.Seed, "mask/validation", index)), scores.Add, cancellation);
        return LanguageMetrics.Of(scores);
    }

    private (SequenceBatch Batch, TokenTargets Targets) Masked(ReadOnlySpan<int> indices, ISequenceDataset data, Func<int, ulong> seed)
    {
        var targets = new TokenTargets();
        SequenceBatch batch = Model.Batch(
            indices, data, (row, index, tokens) => _masker.Mask(tokens, seed(index), (place, token) => targets.Add(row, place, token)));
        return (batch, targets);
    }

    private void CheckMaskable(ISequenceDataset data, string name)
    {
        int[] tokens = new int[Model.Config.MaxTokens];
        for (int index = 0; index < data.Count; index++)
        {
            Span<int> own = tokens.AsSpan(0, data.Length(index));
            data.CopyTokens(index, own);
            if (!_masker.CanMask(own))
                throw new TrainingException($"Example {index} of the {name} data has {own.Length} tokens, and all of them are special ones, which are never "
                    + "masked. Leave out texts that are empty.");
        }
    }
}
