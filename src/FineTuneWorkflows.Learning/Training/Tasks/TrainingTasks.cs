using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;

namespace FineTuneWorkflows.Learning.Training.Tasks;

/// <summary>Makes the task that a model's head is for.</summary>
internal static class TrainingTasks
{
    public static ITrainingTask Make(
        LanguageModel model, ISequenceDataset training, ISequenceDataset? validation, TrainingOptions options, MaskingOptions? masking)
    {
        if (masking is not null && model.Task != ModelTask.MaskedLanguageModeling)
            throw new ArgumentException($"Masking options are given, but the model is for {model.Task}.", nameof(masking));
        return model.Task switch
        {
            ModelTask.SequenceClassification when model.IsMultiLabel => new MultiLabelTask(model, training, validation, options),
            ModelTask.SequenceClassification => new ClassificationTask(model, training, validation, options),
            ModelTask.TokenClassification => new TokenClassificationTask(model, training, validation, options),
            ModelTask.MaskedLanguageModeling => new MaskedLanguageTask(
                model, training, validation, options,
                masking ?? throw new ArgumentNullException(nameof(masking), "Masked language modeling needs the ids of the mask and of the special tokens.")),
            ModelTask.CausalLanguageModeling => new CausalLanguageTask(model, training, validation, options),
            _ => throw new ArgumentOutOfRangeException(nameof(model), model.Task, "There is no training for such a head."),
        };
    }
}
