using System.Text.Json;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;

namespace FineTuneWorkflows.Cli.Tests.Hosting;

/// <summary>The command as a real process.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData(ExitCode.Done, "--help")]
    [InlineData(ExitCode.Done, "--version")]
    [InlineData(ExitCode.Done, "stages")]
    [InlineData(ExitCode.Wrong, "rnu")]
    [InlineData(ExitCode.Wrong, "run", "none.json")]
    public async Task The_built_command_exits_as_it_should(int code, params string[] args)
    {
        var answer = await ChildProcess.RunAsync(ChildProcess.Finetune, place.Folder, args);

        Assert.Equal(code, answer.Code);
        Assert.Equal(code == ExitCode.Done, answer.Error.Length == 0);
        Assert.Equal(code == ExitCode.Done, answer.Out.Length > 0);
    }

    [Fact]
    public async Task Json_is_alone_on_standard_output_even_at_diagnostic_verbosity()
    {
        var answer = await ChildProcess.RunAsync(ChildProcess.TestFinetune, place.Folder, ["run", "six.json", "--json", "-v", "diagnostic"]);

        Assert.Equal(ExitCode.Done, answer.Code);
        using var json = JsonDocument.Parse(answer.Out);
        Assert.Equal("succeeded", json.RootElement.GetProperty("status").GetString());
        Assert.Contains("DBG train (FineTune.Train) starts because not built before", answer.Error);
        Assert.Contains("VRB train at step 30", answer.Error);
    }

    [Fact]
    public async Task A_run_with_nothing_to_do_loads_nothing_that_it_does_not_need()
    {
        var list = Path.Combine(place.Folder, "assemblies.txt");
        await ChildProcess.RunAsync(ChildProcess.TestFinetune, place.Folder, ["run", "six.json"]);

        var answer = await ChildProcess.RunAsync(ChildProcess.TestFinetune, place.Folder, ["run", "six.json"], [new("LIST_ASSEMBLIES_TO", list)]);

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.DoesNotContain(
            await File.ReadAllLinesAsync(list, TestContext.Current.CancellationToken),
            name => name.StartsWith("Spectre", StringComparison.Ordinal) || name.StartsWith("Serilog", StringComparison.Ordinal) || name.Contains("Sqlite", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("TorchSharp", StringComparison.Ordinal) || name.StartsWith("Microsoft.ML", StringComparison.Ordinal) || name.StartsWith("xunit", StringComparison.Ordinal)
                || name is "Microsoft.Extensions.FileSystemGlobbing");
    }

    [Fact]
    public async Task The_home_is_taken_from_the_environment_or_lies_in_the_current_folder()
    {
        await ChildProcess.RunAsync(ChildProcess.TestFinetune, place.Folder, ["run", "six.json", "-t", "fetch"]);
        await ChildProcess.RunAsync(ChildProcess.TestFinetune, place.Folder, ["run", "six.json", "-t", "fetch"], [new("FINETUNE_HOME", Path.Combine(place.Folder, "elsewhere"))]);

        Assert.True(Directory.Exists(Path.Combine(place.Folder, ".finetune", "runs")));
        Assert.True(Directory.Exists(Path.Combine(place.Folder, "elsewhere", "runs")));
    }
}
