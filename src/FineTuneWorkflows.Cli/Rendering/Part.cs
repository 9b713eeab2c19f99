namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>A piece of a line.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Tone">How it looks.</param>
internal readonly record struct Part(string Text, Tone Tone);
