using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class TrainerTests
{
    [Fact]
    public void A_small_model_learns_a_small_task_and_keeps_it_after_saving_and_loading()
    {
        using var folder = new TemporaryFolder();
        ToyData training = ToyData.Make(400), validation = ToyData.Make(100, seed: 2);
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
        var options = new TrainingOptions { Epochs = 8, LearningRate = 5e-3, BatchSize = 16, Threads = 1 };

        TrainingResult result = Trainer.Run(model, training, validation, options, folder["work"],
            cancellation: TestContext.Current.CancellationToken);
        model.Save(folder["model"]);

        using SequenceClassifierModel loaded = SequenceClassifierModel.Load(folder["model"], threads: 1);
        ProbabilityTable probabilities = loaded.Predict(validation, cancellation: TestContext.Current.CancellationToken);
        ClassificationReport report = ClassificationReport.Compute(probabilities, validation.Labels, loaded.Labels, seed: 1);
        Assert.Equal(200, result.Steps);
        Assert.True(report.Accuracy > 0.85, $"accuracy {report.Accuracy}");
        Assert.Equal(result.Metrics[BestMetrics.Accuracy], report.Accuracy);
        Assert.Equal(result.Metrics[BestMetrics.Loss], report.Loss, 1e-6);
    }

    [Fact]
    public void Tensors_do_not_pile_up_from_step_to_step()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
        var counts = new TensorCounts();
        var options = new TrainingOptions { Epochs = 5, BatchSize = 16, Threads = 1 };
        // What other tests left to the garbage collector must not go while this one counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = torch.Tensor.TotalCount;
        Trainer.Run(model, ToyData.Make(100), ToyData.Make(40, seed: 2), options, folder.Path, counts, TestContext.Current.CancellationToken);
        // Steps whose batch needs no padding have one tensor less.
        Assert.InRange(counts.All.Max() - counts.All.Min(), 0, 8);
        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    private sealed class TensorCounts : ITrainingObserver
    {
        public List<long> All { get; } = [];

        public void OnStep(TrainingStep step) => All.Add(torch.Tensor.TotalCount);
    }
}
