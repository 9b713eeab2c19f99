using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Cli.Tests.Fixture;

/// <summary>Compares output with approved text: the files in <c>Approved/</c>. Run ids and durations, which differ from run to run, are replaced first.</summary>
internal static partial class Approved
{
    public static void Matches(string file, string actual)
    {
        // To approve anew: APPROVE_INTO=<folder> ./test.sh, then look at the difference.
        if (Environment.GetEnvironmentVariable("APPROVE_INTO") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(folder, file), Scrub(actual));
        using var stream = typeof(Approved).Assembly.GetManifestResourceStream(file) ?? throw new FileNotFoundException($"There is no approved text {file}.");
        using var reader = new StreamReader(stream);
        Assert.Equal(reader.ReadToEnd(), Scrub(actual));
    }

    public static string Scrub(string text) => Durations().Replace(RunIds().Replace(text, "RUN-ID"), match => "0.0 s".PadLeft(match.Length));

    [GeneratedRegex(@"\d{8}-\d{9}-[0-9a-f]{4}")]
    private static partial Regex RunIds();

    [GeneratedRegex(@"\d+\.\d s")]
    private static partial Regex Durations();
}
