namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>A version of transformers, by its first two numbers.</summary>
internal sealed record TransformersVersion(Version Number)
{
    /// <summary>The version that versions.txt of a folder names.</summary>
    public static TransformersVersion Of(string folder)
    {
        string[] numbers = File.ReadLines(Path.Combine(folder, "versions.txt")).First(line => line.StartsWith("transformers ", StringComparison.Ordinal)).Split(' ', '.');
        return new TransformersVersion(Version.Parse($"{numbers[1]}.{numbers[2]}"));
    }

    /// <summary>Skips a test of a case that the version computes otherwise.</summary>
    public void SkipWhatItDoesOtherwise(string name) => Assert.SkipWhen(
        name.EndsWith("-window", StringComparison.Ordinal) && Number < new Version(4, 53), $"transformers {Number} gives every layer the window, whatever max_window_layers says");
}
