using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>A home with its services and engine, for as long as a command needs them.</summary>
internal sealed class OpenHome : IDisposable
{
    private OpenHome(Home home, IServiceProvider services, Engine engine)
    {
        Home = home;
        Services = services;
        Engine = engine;
    }

    public Home Home { get; }

    public IServiceProvider Services { get; }

    public Engine Engine { get; }

    /// <exception cref="HomeException">The folder cannot be made or written.</exception>
    public static OpenHome Open(CommandContext context, string? path)
    {
        var home = Locate(context, path);
        var services = context.Host.Services(home);
        return new(home, services, Engine.Open(home, services, context.Host.Time));
    }

    /// <summary>The home alone, for commands that only look.</summary>
    /// <exception cref="HomeException">The folder cannot be made or written.</exception>
    public static Home Locate(CommandContext context, string? path) =>
        Home.Open(path is null ? null : Path.GetFullPath(path, context.Console.Folder));

    public void Dispose()
    {
        Engine.Dispose();
        (Services as IDisposable)?.Dispose();
    }
}
