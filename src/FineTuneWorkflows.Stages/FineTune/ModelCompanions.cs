using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>What a saved model needs beside its weights and its configuration: the tokenizer, what it was trained on, and for one that writes what its base says of generation.</summary>
internal static class ModelCompanions
{
    /// <summary>Writes them beside a model that was saved.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="config">The model's configuration.</param>
    /// <param name="task">What the model does.</param>
    /// <param name="tokens">What it was trained on.</param>
    /// <param name="baseFolder">The folder that it started from; null from scratch.</param>
    public static void Write(string folder, ModelConfig config, ModelTask task, TokenizedDataset tokens, string? baseFolder)
    {
        var tokenizer = tokens.LoadTokenizer();
        tokenizer.Save(folder);
        TokenizerLimit.Write(folder, config);
        var input = new ModelInput(tokens.Info.Kind) { Division = tokens.Info.Division };
        input.Save(folder);
        // Adapters beside a model that they are merged into are a model of their own.
        if (Path.Combine(folder, LoraParameters.AdapterFolder) is var adapters && Directory.Exists(adapters))
            input.Save(adapters);
        if (task != ModelTask.CausalLanguageModeling)
            return;
        // Other tools must stop where an answer ends, too.
        int? end = tokens.Info.Kind == DataKind.Conversations && ChatTemplate.Of(tokenizer) is { } template ? new ChatEncoder(tokenizer, template).EndOfTurn : null;
        GenerationConfig.Save(folder, baseFolder is null ? null : GenerationConfig.Read(baseFolder), end is { } known ? [known] : []);
    }
}
