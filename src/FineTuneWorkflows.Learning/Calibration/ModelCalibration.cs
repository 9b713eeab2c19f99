using System.Text.Json;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;

namespace FineTuneWorkflows.Learning.Calibration;

/// <summary>
/// How sure a classifier of one class a sequence may say it is: a temperature that was fitted on held-out examples (see <see cref="TemperatureScaling"/>)
/// and what it changed there. Kept as <c>calibration.json</c> beside the model's <c>config.json</c>, where other tools do not look: the weights and the
/// configuration stay what they were, so the model itself still answers at temperature 1.
/// </summary>
/// <param name="Temperature">What the logits are divided by; 1 where no temperature made the held-out examples' probabilities better.</param>
/// <param name="Examples">The number of held-out examples it was fitted on.</param>
/// <param name="LossBefore">Their mean negative log-likelihood at temperature 1, in nats.</param>
/// <param name="LossAfter">The same at <paramref name="Temperature"/>.</param>
/// <param name="ErrorBefore">Their expected calibration error (15 bins) at temperature 1, 0 to 1.</param>
/// <param name="ErrorAfter">The same at <paramref name="Temperature"/>.</param>
public sealed record ModelCalibration(double Temperature, int Examples, double LossBefore, double LossAfter, double ErrorBefore, double ErrorAfter)
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "calibration.json";

    /// <summary>Whether such a model can be calibrated: one class a sequence.</summary>
    public static bool Suits(LanguageModel model) => model.Task == ModelTask.SequenceClassification && !model.IsMultiLabel;

    /// <summary>
    /// Fits the temperature. It stays 1 where there is none to be found, as where every prediction is right (the likeliest temperature would be 0 and every
    /// answer certain), and where the calibration error on these very examples would not become smaller.
    /// </summary>
    /// <param name="probabilities">Predictions at temperature 1, <c>[examples, classes]</c>, of examples that were not trained on.</param>
    /// <param name="labels">The true class numbers.</param>
    /// <exception cref="ArgumentException">The sizes disagree, or there are no examples.</exception>
    public static ModelCalibration Fit(ProbabilityTable probabilities, IReadOnlyList<int> labels)
    {
        double fitted = TemperatureScaling.Fit(probabilities, labels);
        int[] actual = [.. labels];
        (double loss, double error) = Measure(probabilities, actual);
        var none = new ModelCalibration(1, actual.Length, loss, loss, error, error);
        if (fitted is TemperatureScaling.Lowest or TemperatureScaling.Highest)
            return none;
        (double lossAfter, double errorAfter) = Measure(TemperatureScaling.Apply(probabilities, fitted), actual);
        return errorAfter < error ? none with { Temperature = fitted, LossAfter = lossAfter, ErrorAfter = errorAfter } : none;
    }

    /// <summary>Fits the temperature of a model that <see cref="Suits"/>.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="heldOut">Labelled examples that it was not trained on.</param>
    /// <param name="batchSize">Sequences computed at once; default 32. Halved where memory runs out.</param>
    /// <param name="threads">Threads to compute with; 0, the default, takes as many as the machine has CPU cores.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <param name="note">Hears when batches are halved.</param>
    /// <exception cref="ArgumentException">The model does not have one class a sequence.</exception>
    /// <exception cref="TrainingException">An example is out of range.</exception>
    public static ModelCalibration Fit(LanguageModel model, ISequenceDataset heldOut, int batchSize = 32, int threads = 0, CancellationToken cancellation = default, Action<string>? note = null)
    {
        if (!Suits(model))
            throw new ArgumentException($"A model for {model.Task}{(model.IsMultiLabel ? " for multi-label classification" : "")} has no temperature.", nameof(model));
        SequenceChecks.Check(heldOut, "held-out", model.Config, LabelKind.Class, model.Labels.Count);
        using Runtime.TorchSession session = Runtime.TorchSession.Enter(threads);
        return Fit(ClassifierScorer.Score(model, heldOut, new EvaluationBatches(batchSize, note), cancellation), [.. Enumerable.Range(0, heldOut.Count).Select(heldOut.Label)]);
    }

    /// <summary>The same predictions at this temperature; the likeliest class of each stays.</summary>
    /// <param name="probabilities">Predictions at temperature 1.</param>
    public ProbabilityTable Apply(ProbabilityTable probabilities) => Temperature == 1 ? probabilities : TemperatureScaling.Apply(probabilities, Temperature);

    /// <summary>Writes <see cref="FileName"/> into a model folder.</summary>
    public void Save(string folder) => DurableFile.Write(Path.Combine(folder, FileName), stream =>
    {
        JsonSerializer.Serialize(stream, this, CalibrationJson.Default.ModelCalibration);
        stream.WriteByte((byte)'\n');
    });

    /// <summary>Reads a model folder's calibration; null if it has none.</summary>
    /// <exception cref="ModelException">The file is broken, or its temperature is not above 0.</exception>
    public static ModelCalibration? Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        ModelCalibration? read;
        try
        {
            read = JsonSerializer.Deserialize(File.ReadAllBytes(path), CalibrationJson.Default.ModelCalibration);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} is no valid calibration: {exception.Message} Remove it to predict at temperature 1.", exception);
        }
        if (read is null || !double.IsFinite(read.Temperature) || read.Temperature <= 0)
            throw new ModelException(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{path}: temperature is {read?.Temperature}; it must be above 0. Remove the file to predict at temperature 1."));
        return read;
    }

    private static (double Loss, double Error) Measure(ProbabilityTable probabilities, int[] labels) =>
        (ClassificationReport.NegativeLogLikelihood(probabilities, labels), ClassificationReport.ExpectedCalibrationError(probabilities, labels));
}
