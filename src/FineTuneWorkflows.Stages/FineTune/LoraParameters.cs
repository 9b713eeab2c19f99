using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Sources.Hub;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>What a stage does where adapters are trained instead of the base's weights.</summary>
internal static class LoraParameters
{
    /// <summary>The folder in a model's folder that holds the adapters of a merged model.</summary>
    public const string AdapterFolder = "adapter";

    /// <summary>What of a stage's parameters does not go together.</summary>
    public static IEnumerable<string> Check(FineTuneStage stage)
    {
        if (stage.LoraRank is null)
        {
            if (stage.LoraTargets.Count > 0 || stage.LoraDropout > 0 || !stage.LoraMerge)
                yield return "LoraTargets, LoraDropout and LoraMerge: they are for adapters, but LoraRank is empty, so none are trained; set LoraRank, such as 8, or leave them out";
            yield break;
        }

        if (ModelPresets.IsPreset(stage.BaseModel))
            yield return FormattableString.Invariant($"LoraRank and BaseModel: LoraRank is {stage.LoraRank}, but {stage.BaseModel} starts from scratch, and adapters need a pretrained base; set BaseModel to one, or leave LoraRank empty");
        if (stage.FreezeLayers > 0 || stage.FreezeEmbeddings)
            yield return FormattableString.Invariant($"LoraRank and {(stage.FreezeLayers > 0 ? "FreezeLayers" : "FreezeEmbeddings")}: LoraRank is {stage.LoraRank}, and adapters leave all of the base as it is; leave FreezeLayers and FreezeEmbeddings out");
        if (!stage.LoraMerge && stage.Layers is not null)
            yield return FormattableString.Invariant($"LoraMerge and Layers: adapters of the first {stage.Layers} layers cannot be put on the whole base by other tools; set LoraMerge to true, or leave Layers empty");
    }

    /// <summary>The adapters that a stage asks for; null for none.</summary>
    public static LoraOptions? Of(FineTuneStage stage) => stage.LoraRank is not { } rank ? null
        : new LoraOptions { Rank = rank, Alpha = stage.LoraAlpha, Dropout = stage.LoraDropout, TargetModules = stage.LoraTargets };

    /// <summary>Writes the adapters, and the model with them merged into it where that is asked for.</summary>
    public static void Save(FineTuneStage stage, LanguageModel model, string folder, IReadOnlyList<InputFile> files)
    {
        var adapted = Base(stage.BaseModel, files);
        model.SaveAdapter(stage.LoraMerge ? Path.Combine(folder, AdapterFolder) : folder, adapted);
        model.MergeAdapters();
        if (stage.LoraMerge)
            model.Save(folder);
    }

    private static AdapterBase Base(string baseModel, IReadOnlyList<InputFile> files)
    {
        var weights = files.Where(f => f.RelativePath.EndsWith(".safetensors", StringComparison.Ordinal)).ToDictionary(f => f.RelativePath, f => f.Sha256, StringComparer.Ordinal);
        var folder = Path.GetDirectoryName(files.First(f => f.RelativePath == "config.json").FullPath)!;
        if (!HubReference.Is(baseModel))
            return new(folder, null, weights);
        // A commit's snapshot lies in a folder of its name.
        var reference = HubReference.Parse(baseModel);
        var snapshot = new HubReference(reference.Repository, Path.GetFileName(folder));
        return new(reference.Repository, snapshot.IsCommit ? snapshot.Revision : reference.Revision, weights);
    }
}
