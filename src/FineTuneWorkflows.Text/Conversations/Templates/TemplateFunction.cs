namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>What can be called: a function, a method or a macro.</summary>
/// <param name="arguments">The values in their order.</param>
/// <param name="named">The values by name.</param>
/// <param name="budget">What the rendering may still do.</param>
internal delegate object? TemplateFunction(IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named, TemplateBudget budget);
