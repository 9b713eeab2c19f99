using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>What of a training stage's parameters contradicts itself, or would be ignored.</summary>
internal static class TrainingChecks
{
    /// <summary>What can be told from the parameters alone.</summary>
    public static IEnumerable<string> Of(TrainingStage stage)
    {
        if (!ModelPresets.IsPreset(stage.BaseModel) && (stage.HiddenSize ?? stage.Heads ?? stage.IntermediateSize) is not null)
            yield return $"HiddenSize, Heads and IntermediateSize: they are sizes of a model that starts from scratch, but BaseModel is {stage.BaseModel}; leave them empty, or set BaseModel to one of {string.Join(", ", ModelPresets.Names)}";
        foreach (var contradiction in stage.Training.Contradictions())
            yield return contradiction;
        if (stage.Training.WarmupSteps is { } steps && IsSet(stage, s => s.Training.WarmupRatio))
            yield return FormattableString.Invariant($"WarmupSteps and WarmupRatio: the learning rate cannot rise both in {steps} steps and in a share of {stage.Training.WarmupRatio} of all; leave one of them out");
        if (stage.MaskShare + stage.RandomShare > 1)
            yield return FormattableString.Invariant($"MaskShare and RandomShare: {stage.MaskShare} and {stage.RandomShare} of the predicted tokens are more than all; together they must be 1 at most");
    }

    /// <summary>Refuses parameters of masks where the task masks nothing.</summary>
    /// <exception cref="StageException">The message names the parameter and its value.</exception>
    public static void Masking(TrainingStage stage, ModelTask task)
    {
        if (task == ModelTask.MaskedLanguageModeling)
            return;
        (string Name, Func<TrainingStage, double> Value)[] parameters =
            [(nameof(stage.MaskProbability), s => s.MaskProbability), (nameof(stage.MaskShare), s => s.MaskShare), (nameof(stage.RandomShare), s => s.RandomShare)];
        foreach (var (name, value) in parameters.Where(parameter => IsSet(stage, parameter.Value)))
            throw new StageException(FormattableString.Invariant($"parameter {name}: is {value(stage)}, but the model is trained for {task}, which masks nothing; leave it out"));
    }

    // A parameter that was set to what it is by default cannot be told from one that was not, and does no harm.
    private static bool IsSet(TrainingStage stage, Func<TrainingStage, double> parameter) => parameter(stage) != parameter((TrainingStage)Activator.CreateInstance(stage.GetType())!);
}
