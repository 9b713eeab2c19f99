using FineTuneWorkflows.Pipelines.Artifacts;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Tracking.Registry;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>Finds the folder of a model that a user names.</summary>
public static class ModelLocator
{
    /// <summary>Finds a model's folder.</summary>
    /// <param name="model">A folder; or a registered model as <c>NAME@ALIAS</c>, <c>NAME/VERSION</c> or <c>NAME</c>, its latest version.</param>
    /// <param name="home">The home with the registered models' artifacts.</param>
    /// <param name="registry">The registered models.</param>
    /// <exception cref="FineTuneWorkflows.Tracking.TrackingException">There is no such model, version or alias.</exception>
    /// <exception cref="StageException">The model's artifact is gone or damaged.</exception>
    public static string Find(string model, Home home, ModelRegistry registry)
    {
        if (Directory.Exists(model))
            return model;
        var version = registry.Resolve(model);
        using var hashes = new FileHashCache(home);
        return new ArtifactStore(home, hashes).Find(version.Digest, out var problem)?.Path
            ?? throw new StageException($"model {version.Name} version {version.Version}: its artifact {version.Digest[..12]} {problem}; run its workflow again to make it anew");
    }
}
