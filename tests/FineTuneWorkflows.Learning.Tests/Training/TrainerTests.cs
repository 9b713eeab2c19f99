using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class TrainerTests
{
    [Fact]
    public void A_small_model_learns_a_small_task_and_keeps_it_after_saving_and_loading()
    {
        using var folder = new TemporaryFolder();
        ToyData training = ToyData.Make(400), validation = ToyData.Make(100, seed: 2);
        using SequenceClassifier model = SequenceClassifier.Create(ToyData.Config, ["no", "yes"], seed: 3);
        var options = new TrainingOptions { Epochs = 8, LearningRate = 5e-3, BatchSize = 16, Threads = 1 };

        TrainingResult result = Trainer.Run(model, training, validation, options, folder["work"], cancellation: TestContext.Current.CancellationToken);
        model.Save(folder["model"]);

        using SequenceClassifierModel loaded = SequenceClassifierModel.Load(folder["model"], threads: 1);
        ProbabilityTable probabilities = loaded.Predict(validation, cancellation: TestContext.Current.CancellationToken);
        ClassificationReport report = ClassificationReport.Compute(probabilities, validation.Labels, loaded.Labels, seed: 1);
        Assert.Equal(200, result.Steps);
        Assert.True(report.Accuracy > 0.85, $"accuracy {report.Accuracy}");
        Assert.Equal(result.Metrics[BestMetrics.Accuracy], report.Accuracy);
        Assert.Equal(result.Metrics[BestMetrics.Loss], report.Loss, 1e-6);
    }
}
