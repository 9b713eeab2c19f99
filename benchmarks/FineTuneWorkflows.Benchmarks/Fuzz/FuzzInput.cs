namespace FineTuneWorkflows.Benchmarks.Fuzz;

/// <summary>What a target is given.</summary>
/// <param name="Name">The file's name, which says how it is read.</param>
/// <param name="Bytes">What it holds.</param>
/// <param name="Beside">Files that stay as they are, for instance the other files of a tokenizer.</param>
internal sealed record FuzzInput(string Name, byte[] Bytes, IReadOnlyDictionary<string, byte[]>? Beside = null);
