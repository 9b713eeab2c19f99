using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>A saved model, ready to use. Uses take turns: one at a time in a process.</summary>
public abstract class SavedModel : IDisposable
{
    private readonly int _threads;

    /// <summary>Loads a model of one task.</summary>
    private protected SavedModel(string folder, ModelTask task, TorchDevice device, int threads, Func<string, string>? findBase)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _threads = threads;
        Model = LanguageModel.Load(folder, device, findBase);
        Model.MergeAdapters();
        ModelTask own = Model.Task;
        if (own == task)
            return;
        Model.Dispose();
        throw new ModelException($"{folder} has a model for {own}, not for {task}.");
    }

    /// <summary>The longest sequence it takes, in tokens.</summary>
    public int MaxTokens => Model.Config.MaxTokens;

    /// <summary>The model's configuration.</summary>
    public ModelConfig Config => Model.Config;

    private protected LanguageModel Model { get; }

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        Model.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected TorchSession Enter() => TorchSession.Enter(_threads);
}
