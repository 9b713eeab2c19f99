using FineTuneWorkflows.Learning.Calibration;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>Makes a model like any other of adapters and their base.</summary>
public static class AdapterMerger
{
    /// <summary>Merges adapters into their base and writes the model with its tokenizer, that beside the adapters, else the base's, and with what the adapters' folder says besides:
    /// what they were trained on, their calibration, and how they write.</summary>
    /// <param name="adapter">The adapters' folder, in PEFT's layout.</param>
    /// <param name="basis">The base, a folder or <c>hf://owner/name[@revision]</c>; null for the one that the adapters name.</param>
    /// <param name="target">The folder to write.</param>
    /// <returns>What was done, in one line.</returns>
    /// <exception cref="StageException">The folder holds no adapters.</exception>
    /// <exception cref="FineTuneWorkflows.Learning.LearningException">Adapters or base cannot be used, or do not go together.</exception>
    public static string Merge(string adapter, string? basis, string target)
    {
        string? found = null;
        using var model = LanguageModel.Load(adapter, findBase: named => found = BaseModels.Folder(basis ?? named));
        if (model.Lora is not { } lora)
            throw new StageException($"{adapter} holds a whole model, so there is nothing to merge");
        model.MergeAdapters();
        var digest = model.Save(target);
        foreach (var file in (string[])[ModelInput.FileName, ModelCalibration.FileName])
            if (File.Exists(Path.Combine(adapter, file)))
                File.WriteAllBytes(Path.Combine(target, file), File.ReadAllBytes(Path.Combine(adapter, file)));
        if (model.Task == ModelTask.CausalLanguageModeling)
            GenerationConfig.Save(target, GenerationConfig.Read(adapter) ?? GenerationConfig.Read(found!), []);
        Tokenizer.Load(Tokenizer.FileNames.Any(name => File.Exists(Path.Combine(adapter, name))) ? adapter : found!).Save(target);
        TokenizerLimit.Write(target, model.Config);
        return FormattableString.Invariant($"Merged adapters of rank {lora.Rank} into {found}: {target}, model.safetensors with the SHA-256 {digest}.");
    }
}
