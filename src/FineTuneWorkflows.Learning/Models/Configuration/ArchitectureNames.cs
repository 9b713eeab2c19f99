namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>The names of transformers' classes: a family's name and what its head does.</summary>
internal static class ArchitectureNames
{
    private static readonly (string Ending, ModelTask Task)[] Endings =
    [
        ("ForSequenceClassification", ModelTask.SequenceClassification),
        ("ForTokenClassification", ModelTask.TokenClassification),
        ("ForMaskedLM", ModelTask.MaskedLanguageModeling),
        ("ForPreTraining", ModelTask.MaskedLanguageModeling),
        ("ForCausalLM", ModelTask.CausalLanguageModeling),
        ("LMHeadModel", ModelTask.CausalLanguageModeling),
        ("Model", ModelTask.None),
    ];

    public static ModelTask? TaskOf(string architecture)
    {
        foreach ((string ending, ModelTask task) in Endings)
        {
            if (architecture.EndsWith(ending, StringComparison.Ordinal))
                return task;
        }
        return null;
    }

    /// <summary>The classes of a family that can be loaded.</summary>
    public static IEnumerable<string> HeadsOf(ModelFamily family) => Endings.Where(pair => pair.Task != ModelTask.None)
        .Select(pair => NameOf(family.ClassName, pair.Task)).Distinct(StringComparer.Ordinal);

    public static string NameOf(string family, ModelTask task) =>
        family == "GPT2" && task == ModelTask.CausalLanguageModeling ? "GPT2LMHeadModel" : family + Endings.First(pair => pair.Task == task).Ending;
}
