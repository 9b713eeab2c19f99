namespace FineTuneWorkflows.Learning.Models.Adapters;

/// <summary>The base that an adapter belongs to.</summary>
/// <param name="NameOrPath">Its folder, or its name on the Hugging Face Hub, such as <c>google-bert/bert-base-uncased</c>.</param>
/// <param name="Revision">The commit on the hub; null for a folder.</param>
/// <param name="Weights">The names of its files of weights and their SHA-256 in lower-case hexadecimal; a base whose files have others is refused. Empty checks nothing.</param>
public sealed record AdapterBase(string NameOrPath, string? Revision = null, IReadOnlyDictionary<string, string>? Weights = null);
