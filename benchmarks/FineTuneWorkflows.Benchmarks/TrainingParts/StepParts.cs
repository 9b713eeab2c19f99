using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Benchmarks.Training;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;
using TorchSharp;

namespace FineTuneWorkflows.Benchmarks.TrainingParts;

/// <summary>A step, and what of it are the batch's making, the word embeddings' update and managed memory.</summary>
internal static class StepParts
{
    private const int BatchSize = 32;

    public static void Measure(Dictionary<string, double> figures, int threads)
    {
        var data = Sentences.Read(Repository.Vocabulary);
        var options = new TrainingOptions { BatchSize = BatchSize };
        using var model = LanguageModel.Create(ModelPresets.Get("tiny"), ModelTask.SequenceClassification, ["no", "yes"], seed: 1);
        ITrainingTask task = TrainingTasks.Make(model, data, null, options, null);
        task.CheckData();
        using var optimizer = new AdamW(task.Parameters, options, threads);
        var batches = Batcher.Shuffled(data, BatchSize, seed: 1, epoch: 0);
        var batch = batches.OrderBy(b => b.Max(data.Length)).ElementAt(batches.Length / 2);
        long steps = 0, before = 0;
        figures["step"] = Shortest.Milliseconds(() =>
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            var created = DisposeScopeManager.Statistics.CreatedInScopeCount;
            using var scope = torch.NewDisposeScope();
            var loss = task.Loss(batch, 0);
            loss.Sum.Number();
            figures["tensors"] = DisposeScopeManager.Statistics.CreatedInScopeCount - created;
            loss.Backward();
            optimizer.Step(options.LearningRate, ++steps);
            figures["bytes"] = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        figures["batch"] = Shortest.Milliseconds(() => model.Batch(batch, data));
        figures["update"] = Update(task.Parameters, options, threads);
        figures["update-of-the-rest"] = Update([.. task.Parameters.Where(p => p.Value.NumberOfElements < task.Parameters.Max(q => q.Value.NumberOfElements))], options, threads);

        var padded = batches.Sum(b => b.Length * b.Max(data.Length)) / batches.Length;
        var tokens = batches.Sum(b => b.Sum(data.Length)) / batches.Length;
        PackingParts.Measure(figures, (EncoderConfig)model.Config, padded, tokens);
    }

    private static double Update(IReadOnlyList<ModelParameter> parameters, TrainingOptions options, int threads)
    {
        using var optimizer = new AdamW(parameters, options, threads);
        long steps = 0;
        return Shortest.Milliseconds(() => optimizer.Step(options.LearningRate, ++steps), () =>
        {
            foreach (ModelParameter parameter in parameters)
                parameter.Value.grad = torch.ones_like(parameter.Value);
        });
    }
}
