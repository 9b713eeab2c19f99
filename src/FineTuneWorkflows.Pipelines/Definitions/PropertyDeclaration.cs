using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>A value that a user can override per run: a workflow input, or a variable with a default.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What values it takes.</param>
/// <param name="Default">Its value where the user gives none; null for an input.</param>
/// <param name="IsInput">Whether it is a workflow input rather than a variable.</param>
/// <param name="VariableId">A variable's id, by which expressions refer to it; null for an input.</param>
/// <param name="Description">What it is for.</param>
public sealed record PropertyDeclaration(string Name, ParameterKind Kind, object? Default, bool IsInput, string? VariableId, string Description);
