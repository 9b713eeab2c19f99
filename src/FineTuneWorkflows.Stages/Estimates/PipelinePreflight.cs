using FineTuneWorkflows.Learning;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Stages.Tokenize;
using FineTuneWorkflows.Text.Sources.Hub;

namespace FineTuneWorkflows.Stages.Estimates;

/// <summary>
/// Looks at what the trainings of a pipeline would open, before hours are spent on the stages above them: bases whose files are missing, cut short or of other sizes than their configuration says, and
/// texts that may be longer than the model takes. Weights are not read; a base on the hub is looked at when it is here.
/// </summary>
public static class PipelinePreflight
{
    /// <summary>Looks at each training whose condition is true.</summary>
    public static PreflightReport Of(Pipeline pipeline)
    {
        var (problems, notes) = (new List<DefinitionProblem>(), new List<string>());
        foreach (var stage in pipeline.Stages)
            if (stage.Stage is TrainingStage { Condition: true } training && Positions(pipeline, stage, training, problems) is { } most)
                NoteLongTexts(pipeline, stage, most, notes);
        return new(problems, notes);
    }

    private static int? Positions(Pipeline pipeline, PipelineStage stage, TrainingStage training, List<DefinitionProblem> problems)
    {
        if (ModelPresets.IsPreset(training.BaseModel))
            return ModelPresets.Get(training.BaseModel).MaxTokens;
        if (HubReference.Is(training.BaseModel))
            return null;
        var folder = Path.GetFullPath(training.BaseModel, stage.Folders.GetValueOrDefault(nameof(TrainingStage.BaseModel), pipeline.Definition.Folder));
        try
        {
            return Directory.Exists(folder) ? LanguageModel.CheckBase(folder, training.Layers) : throw new ModelException($"there is no folder {folder}; {BaseModels.Advice}");
        }
        catch (Exception e) when (e is LearningException or IOException or UnauthorizedAccessException)
        {
            problems.Add(new(pipeline.Definition.File, e.Message, stage.Name, nameof(TrainingStage.BaseModel)));
            return null;
        }
    }

    private static void NoteLongTexts(Pipeline pipeline, PipelineStage stage, int most, List<string> notes)
    {
        if (stage.Producers.TryGetValue("tokens", out var name) && pipeline.Find(name) is { Stage: TokenizeStage tokenize } && tokenize.MaxLength > most)
            notes.Add(FormattableString.Invariant(
                $"{name}: MaxLength is {tokenize.MaxLength}, but the model that {stage.Name} starts from takes {most} tokens at most: a longer text stops the training when it begins; set -p {name}.MaxLength={most} to cut such texts"));
    }
}
