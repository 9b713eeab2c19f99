using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>A home with its services and engine, for as long as a command needs them.</summary>
internal sealed class OpenHome : IDisposable
{
    private OpenHome(Home home, StageServices services, Engine engine)
    {
        Home = home;
        Services = services;
        Engine = engine;
    }

    public Home Home { get; }

    public StageServices Services { get; }

    public Engine Engine { get; }

    /// <summary>For commands that write: the home is made where there is none.</summary>
    /// <exception cref="HomeException">The path is empty, or the folder cannot be made or written or is somebody else's.</exception>
    public static OpenHome Open(CommandContext context, string? path) => Of(context, Home.Open(Full(context, path)));

    /// <summary>For commands that write but only where there is something.</summary>
    /// <exception cref="HomeException">The path is empty, there is no home, or it cannot be written.</exception>
    public static OpenHome OpenExisting(CommandContext context, string? path) => Of(context, Home.OpenExisting(Full(context, path)));

    /// <summary>For commands that only look: nothing is made, and nothing need be writable.</summary>
    /// <exception cref="HomeException">The path is empty, or the home cannot be read.</exception>
    public static OpenHome Find(CommandContext context, string? path) => Of(context, Locate(context, path));

    /// <summary>The home alone, for commands that only look.</summary>
    /// <exception cref="HomeException">The path is empty, or the home cannot be read.</exception>
    public static Home Locate(CommandContext context, string? path) => Home.Find(Full(context, path));

    private static OpenHome Of(CommandContext context, Home home)
    {
        var services = context.Host.Services(home);
        return new(home, services, Engine.Open(home, services, context.Host.Time));
    }

    // An empty path is left as it is: the home refuses it, as it would be the current folder.
    private static string? Full(CommandContext context, string? path) => string.IsNullOrWhiteSpace(path) ? path : Path.GetFullPath(path, context.Console.Folder);

    /// <summary>What a registered model, by name and digest, became on the tracking server; null where none is set or it is not known there.</summary>
    public Func<string, string, string?> Shared(CommandContext context) => (name, digest) => context.Host.Shared?.Invoke(Services, name, digest);

    public void Dispose()
    {
        Engine.Dispose();
        Services.Dispose();
    }
}
