using Elsa.Extensions;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Server.Activities;
using FineTuneWorkflows.Server.Data;
using FineTuneWorkflows.Server.Definitions;
using FineTuneWorkflows.Server.Jobs;
using FineTuneWorkflows.Server.Observability;
using FineTuneWorkflows.Server.Runs;
using FineTuneWorkflows.Server.Security;
using FineTuneWorkflows.Server.Security.Keys;
using FineTuneWorkflows.Server.Security.Login;
using FineTuneWorkflows.Server.Security.Sessions;
using FineTuneWorkflows.Server.Webhooks;
using FineTuneWorkflows.Stages;
using FineTuneWorkflows.Studio.Hosting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Quartz;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>Puts the server together.</summary>
public static class ServerHost
{
    /// <summary>Where the server listens unless told otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5100";

    /// <summary>Builds the server; the caller runs it.</summary>
    /// <param name="args">The command line: the options of <see cref="ServerSettings"/>.</param>
    /// <param name="catalog">The stages on offer. Default: the product's own.</param>
    /// <param name="stageServices">What stages may ask for. Default: <see cref="StageServices"/> over the home.</param>
    /// <param name="tell">Is told secrets that were just made, once. Default: the console.</param>
    /// <exception cref="ServerException">A setting is wrong, another server uses the home, or an address to listen on cannot be had.</exception>
    /// <exception cref="HomeException">The home cannot be used.</exception>
    public static async Task<WebApplication> BuildAsync(string[] args, StageCatalog? catalog = null, IServiceProvider? stageServices = null, Action<string, string>? tell = null)
    {
        var builder = WebApplication.CreateBuilder(ServerSettings.Translate(args));
        builder.WebHost.UseUrls(Urls(builder.Configuration));
        var options = ServerOptions.Read(builder.Configuration);
        Directory.CreateDirectory(options.StateFolder);

        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        catalog ??= FineTuneStages.Catalog;
        services.AddSingleton(catalog);
        services.AddSingleton(options.Home);
        services.AddSingleton(_ => new StageServices(options.Home, () => options.Mlflow));
        services.AddSingleton(provider => Engine.Open(options.Home, stageServices ?? provider.GetRequiredService<StageServices>(), sources: options.Sources));
        services.AddSingleton(_ => new ServerDatabase(options.PostgreSql, options.TablesFile));
        services.AddSingleton(_ => ServerLock.Take(options));
        services.AddSingleton<HomeOwnership>();
        // By default they lie in the user's home folder, where a container loses them.
        services.AddDataProtection().SetApplicationName("finetune-server").PersistKeysToFileSystem(OwnFolder(options.KeysFolder));
        AddSecurity(services, options);
        services.AddObservability(options);
        AddStageJobs(services, options);
        services.AddElsaServer(options);
        // After Elsa, whose issuer of tokens it replaces.
        services.AddSessions();
        services.AddNotificationHandler<InstanceHandlers>();
        services.AddScoped<RunCommands>();
        services.AddSingleton<DefinitionImports>();
        services.AddSingleton<DefinitionFolder>();
        services.AddSingleton<DefinitionWatch>();
        services.AddSingleton<WebhookAuthenticator>();
        services.AddSingleton<WebhookDeliveries>();
        services.AddSingleton<WebhookStarter>();
        services.AddNotificationHandler<WebhookValidation>();
        services.AddHostedService<ServerStart>();

        var designer = new DesignerRequests();
        services.AddSingleton(designer);
        builder.AddFineTuneStudio(new(provider => new(OwnAddress(provider), ElsaSetup.ApiPath), [.. catalog.Stages.Select(s => s.Type)], designer.Mark));

        var app = builder.Build();
        // Before anything else: a second server on the same files would run this one's stages again.
        _ = app.Services.GetRequiredService<ServerLock>();
        // Secrets are told once, and not by a server that cannot listen.
        if (!builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
            ListenAddresses.Check(Urls(builder.Configuration));
        await app.Services.GetRequiredService<ServerDatabase>().CreateAsync(CancellationToken.None).ConfigureAwait(false);
        await app.Services.GetRequiredService<HomeOwnership>().CheckAsync(CancellationToken.None).ConfigureAwait(false);
        await app.Services.GetRequiredService<SecretStore>().LoadAsync(tell ?? Tell, CancellationToken.None).ConfigureAwait(false);

        app.UseMiddleware<SecurityHeaders>();
        app.UseStaticFiles();
        app.UseMiddleware<LoginGuard>();
        app.UseMiddleware<WebhookGuard>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<SessionGuard>();
        app.UseWorkflowsApi();
        app.UseJsonSerializationErrorHandler();
        app.MapHealth();
        app.MapRuns();
        app.MapDefinitions();
        app.MapKeys();
        app.MapSessions();
        app.UseWorkflows();
        app.MapFineTuneStudio();
        return app;
    }

    private static DirectoryInfo OwnFolder(string path) => OperatingSystem.IsWindows() ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    // A plain URLS may be anybody's; ASP.NET's own variable has its prefix.
    internal static string Urls(IConfiguration configuration) =>
        configuration[ServerSettings.Urls] is { Length: > 0 } own ? own
        : Environment.GetEnvironmentVariable("ASPNETCORE_URLS") is { Length: > 0 } aspNet ? aspNet
        : DefaultUrl;

    private static void AddSecurity(IServiceCollection services, ServerOptions options)
    {
        services.Configure<HostFilteringOptions>(filter =>
        {
            filter.AllowedHosts = [.. options.AllowedHosts];
            filter.AllowEmptyHosts = false;
        });
        services.AddSingleton<SecretStore>();
        services.AddSingleton<KeyStore>();
        services.AddSingleton<LoginAttempts>();
    }

    private static void AddStageJobs(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<DefinitionGraph>();
        services.AddScoped<StageLauncher>();
        services.AddSingleton<StageJobStore>();
        services.AddSingleton<StageQueue>();
        services.AddSingleton<StageReuse>();
        services.AddSingleton<StageWorker>();
        services.AddSingleton<RunDefinitions>();
        services.AddSingleton<RunSessions>();
        services.AddSingleton<RunTracking>();
        services.AddHostedService(sp => sp.GetRequiredService<RunTracking>());
        services.AddSingleton<StageReconciliation>();
        services.AddSingleton<StageDelivery>();
        services.AddHostedService(sp => sp.GetRequiredService<StageDelivery>());
        services.AddSingleton<StageJournal>();
        services.AddHostedService(sp => sp.GetRequiredService<StageJournal>());
        services.AddTransient<StageQueueJob>();
        services.AddQuartz(quartz => StageQueue.Configure(quartz, options));
        services.AddQuartzHostedService(quartz => quartz.WaitForJobsToComplete = true);
    }

    // The designer runs in this process and speaks to Elsa's API through the front door.
    private static Uri OwnAddress(IServiceProvider provider)
    {
        var address = provider.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? DefaultUrl;
        return new(address.Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal).Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal)
            .Replace("//*", "//127.0.0.1", StringComparison.Ordinal).Replace("//+", "//127.0.0.1", StringComparison.Ordinal));
    }

    private static void Tell(string what, string secret) =>
        Console.WriteLine($"{what}: {secret}   (shown this once; only its hash is kept)");
}
