using FineTuneWorkflows.Server.Hosting;

namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>The test program is also the server under test: with <c>serve</c> it hosts the test stages, in a process of its own that a test can kill.</summary>
internal static class EntryPoint
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["serve", .. var rest])
        {
            await using var app = await ServerHost.BuildAsync(rest, TestStages.Catalog, new NoServices());
            await app.RunAsync();
            return 0;
        }

        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
