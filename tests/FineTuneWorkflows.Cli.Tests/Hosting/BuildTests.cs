using System.Diagnostics;
using FineTuneWorkflows.Cli.Tests.Fixture;

namespace FineTuneWorkflows.Cli.Tests.Hosting;

public sealed class BuildTests
{
    [Theory]
    [InlineData("/packages")]
    [InlineData("/packages/")]
    [InlineData("/my packages")]
    public async Task The_compiler_of_the_fast_start_is_found_however_the_folder_of_packages_is_written(string packages)
    {
        if (OperatingSystem.IsWindows())
            return;
        var compiler = await PropertyAsync("Crossgen2", packages);
        Assert.StartsWith($"{packages.TrimEnd('/')}/microsoft.netcore.app.crossgen2.", compiler, StringComparison.Ordinal);
        Assert.EndsWith("/tools/crossgen2", compiler, StringComparison.Ordinal);
    }

    // Evaluates the project as a build does that has restored to that folder; neither restores nor builds.
    private static async Task<string> PropertyAsync(string property, string packages)
    {
        var project = Path.Combine(Repository.Folder, "src", "FineTuneWorkflows.Cli", "FineTuneWorkflows.Cli.csproj");
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, $"-getProperty:{property}", $"-p:NuGetPackageRoot={packages}", "-p:Configuration=Release", "-nodeReuse:false"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await error);
        return output.Trim();
    }
}
