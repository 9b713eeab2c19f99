using System.Diagnostics;
using System.Text.Json.Nodes;

namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>The real <c>finetune</c> program, in a process of its own.</summary>
internal static class FinetuneCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Runs a command line.</summary>
    /// <param name="environment">Variables that it gets besides this process's.</param>
    /// <param name="args">The command line.</param>
    public static async Task<(int Code, string Out, string Error)> RunAsync(Dictionary<string, string> environment, params string[] args)
    {
        var program = Path.Combine(Repository.Root, "src", "FineTuneWorkflows.Cli", "bin", Repository.Configuration, Repository.Framework, "finetune.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Runs a pipeline to its end and gives its summary.</summary>
    public static async Task<JsonNode> PipelineAsync(TestFolder folder, string home, string file, params string[] more)
    {
        var (code, output, error) = await RunAsync([], ["run", Path.Combine(folder.Workflows, file), "--home", home, "--json", .. more]);
        Assert.True(code == 0, error);
        return JsonNode.Parse(output)!;
    }
}
