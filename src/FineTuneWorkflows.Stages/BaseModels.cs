using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Sources.Hub;

namespace FineTuneWorkflows.Stages;

/// <summary>What <c>BaseModel</c> parameters take: a preset, a folder, or a model of the Hugging Face Hub.</summary>
internal static class BaseModels
{
    /// <summary>For the message that a base model's folder is missing.</summary>
    public static string Advice { get; } =
        $"a base model is a folder in Hugging Face's layout, hf://owner/name[@revision], or one of the presets {string.Join(", ", ModelPresets.Names)}, which start from scratch";

    /// <summary>The whole base as a stage's input. A model of the hub is downloaded when the stage is executed; what a fingerprint has of it is its commit.</summary>
    /// <param name="parameter">The parameter that names it.</param>
    /// <param name="baseModel">Its value.</param>
    public static InputPath Input(string parameter, string baseModel) => HubReference.Is(baseModel)
        ? new(parameter, ".", Advice: Advice) { Remote = new HubModelInput(parameter, baseModel, HubSelection.Model) }
        : new(parameter, baseModel, Advice: Advice);

    /// <summary>The base's folder with its configuration and tokenizer; weights of a model of the hub are not downloaded for it.</summary>
    /// <exception cref="FineTuneWorkflows.Text.TextDataException">The hub has no such model, or does not answer.</exception>
    public static async Task<string> DescriptionAsync(string baseModel, CancellationToken cancellationToken) => HubReference.Is(baseModel)
        ? await new HuggingFaceHub().FetchAsync(baseModel, HubCacheFolder.FromEnvironment(), HubSelection.Tokenizer, cancellationToken: cancellationToken).ConfigureAwait(false)
        : baseModel;

    /// <summary>
    /// The base's folder. A model of the hub is downloaded where it is not in the cache, which may take long: for use outside of stages, whose inputs <see cref="Input"/> declares. A branch
    /// is asked for anew each time; a reference to a commit that is in the cache asks nobody.
    /// </summary>
    /// <exception cref="FineTuneWorkflows.Text.TextDataException">The hub has no such model, or does not answer.</exception>
    public static string Folder(string baseModel) => HubReference.Is(baseModel)
        ? new HuggingFaceHub().FetchAsync(baseModel, HubCacheFolder.FromEnvironment()).GetAwaiter().GetResult()
        : baseModel;
}
