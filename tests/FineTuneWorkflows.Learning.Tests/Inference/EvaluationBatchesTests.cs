using FineTuneWorkflows.Learning.Calibration;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Generalization;
using FineTuneWorkflows.Learning.Training.Tasks;

namespace FineTuneWorkflows.Learning.Tests.Inference;

/// <summary>Validation, the closing report and calibration go on in smaller batches where memory runs out, and come to the same.</summary>
public class EvaluationBatchesTests
{
    private static readonly ToyData Data = ToyData.Make(40);

    private static readonly MaskingOptions Masking = new() { MaskTokenId = 4, SpecialTokenIds = [0, 2] };

    [Theory]
    [InlineData(ModelTask.SequenceClassification, 2)]
    [InlineData(ModelTask.TokenClassification, 3)]
    [InlineData(ModelTask.MaskedLanguageModeling, 0)]
    public void Measured_in_halved_batches_the_metrics_are_the_same(ModelTask task, int classes)
    {
        string[] labels = [.. ((string[])["O", "B-x", "I-x"]).Take(classes)];
        using LanguageModel model = LanguageModel.Create(ToyData.Config, task, labels, seed: 3);
        var data = new LabelledData(Data.Tokens) { Labels = Data.Labels, TokenLabels = [.. Data.Tokens.Select(tokens => tokens.Select(token => token % 3).ToArray())] };
        MaskingOptions? masking = task == ModelTask.MaskedLanguageModeling ? Masking : null;
        var notes = new List<string>();
        IReadOnlyDictionary<string, double> whole = Trainer.Measure(model, data, 32, threads: 1, masking: masking, cancellation: TestContext.Current.CancellationToken);
        IReadOnlyDictionary<string, double> halved = Trainer.Measure(
            model, new CrampedData(data, 5), 32, threads: 1, masking: masking, cancellation: TestContext.Current.CancellationToken, note: notes.Add);
        Assert.Equal(whole.Keys, halved.Keys);
        Assert.All(whole, pair => Assert.Equal(pair.Value, halved[pair.Key], 1e-5));
        Assert.Equal(
            [
                "Memory ran out in an evaluation with 32 sequences at once; from here on 16 are computed at once.", "Memory ran out in an evaluation with 16 sequences at once; from here on 8 are computed at once.",
                "Memory ran out in an evaluation with 8 sequences at once; from here on 4 are computed at once.",
            ],
            notes);
    }

    [Fact]
    public void A_training_halves_its_validation_once_and_its_closing_report_and_calibration_too()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
        var options = new TrainingOptions { Epochs = 3, BatchSize = 16, Threads = 1 };
        var observer = new Notes();
        var validation = new CrampedData(ToyData.Make(20, seed: 2), 8);
        TrainingResult result = Trainer.Run(model, Data, validation, options, folder.Path, observer, TestContext.Current.CancellationToken);
        Assert.Equal(["Memory ran out in an evaluation with 16 sequences at once; from here on 8 are computed at once."], observer.All);

        GeneralizationReport.Measure(
            model, new CrampedData(Data, 4), validation, result, options, cancellation: TestContext.Current.CancellationToken, note: observer.OnNote);
        Assert.Equal(3, observer.All.Count);
        ModelCalibration calibration = ModelCalibration.Fit(model, validation, 16, threads: 1, cancellation: TestContext.Current.CancellationToken, note: observer.OnNote);
        Assert.Equal((20, 4), (calibration.Examples, observer.All.Count));
    }

    [Fact]
    public void A_single_sequence_that_does_not_fit_is_refused_with_its_length()
    {
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
        var batches = new EvaluationBatches(4);
        var exception = Assert.Throws<TrainingException>(() => ClassifierScorer.Score(model, new CrampedData(Data, 0), batches, CancellationToken.None));
        Assert.StartsWith($"Memory ran out in an evaluation with a single sequence of {Data.Tokens.Max(t => t.Length)} tokens.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_error_is_not_taken_for_want_of_memory()
    {
        var batches = new EvaluationBatches(4);
        Assert.Throws<InvalidOperationException>(() => batches.Run(Data, _ => throw new InvalidOperationException(), CancellationToken.None));
        Assert.Equal(4, batches.Size);
    }

    private sealed class Notes : ITrainingObserver
    {
        public List<string> All { get; } = [];

        public void OnNote(string message) => All.Add(message);
    }
}
