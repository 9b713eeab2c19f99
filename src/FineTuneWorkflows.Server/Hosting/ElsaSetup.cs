using Elsa.Alterations.Extensions;
using Elsa.Common.RecurringTasks;
using Elsa.Expressions.Contracts;
using Elsa.Extensions;
using Elsa.Http;
using Elsa.Identity.Providers;
using Elsa.Persistence.EFCore.Extensions;
using Elsa.Persistence.EFCore.Modules.Alterations;
using Elsa.Persistence.EFCore.Modules.Management;
using Elsa.Persistence.EFCore.Modules.Runtime;
using Elsa.Resilience.Extensions;
using Elsa.Workflows.CommitStates.Strategies;
using Elsa.Workflows.IncidentStrategies;
using Elsa.Workflows.Options;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Distributed.Extensions;
using Elsa.Workflows.Runtime.Options;
using Elsa.Workflows.Runtime.Tasks;
using FineTuneWorkflows.Pipelines.Sources;
using FineTuneWorkflows.Server.Activities;
using FineTuneWorkflows.Server.Definitions;
using FineTuneWorkflows.Server.Runtime;
using FineTuneWorkflows.Server.Schedules;
using FineTuneWorkflows.Server.Security;
using FineTuneWorkflows.Stages.FetchData;
using Medallion.Threading.FileSystem;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>How Elsa is set up: persistence, identity, triggers, and so that nothing is lost when the process dies.</summary>
internal static class ElsaSetup
{
    /// <summary>Where HTTP triggers are served.</summary>
    public const string HooksPath = "/hooks";

    /// <summary>Where Elsa's API is served.</summary>
    public const string ApiPath = "/elsa/api";

    // How long an instance may be silent in the midst of a burst before another server takes it over; bursts take milliseconds.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    // The designer fetches a new one with the session's other token.
    private static readonly TimeSpan AccessLife = TimeSpan.FromHours(1);

    public static void AddElsaServer(this IServiceCollection services, ServerOptions options)
    {
        var sqlite = $"Data Source={options.ElsaFile};Default Timeout=60";
        var postgreSql = options.PostgreSql;
        var signingKey = SecretStore.SigningKey(options);
        services.AddElsa(elsa => elsa
            .UseIdentity(identity =>
            {
                identity.TokenOptions = token =>
                {
                    token.SigningKey = signingKey;
                    token.AccessTokenLifetime = options.SessionLife < AccessLife ? options.SessionLife : AccessLife;
                    token.RefreshTokenLifetime = options.SessionLife;
                };
                identity.UserProvider = sp => sp.GetRequiredService<AdminIdentity>();
                identity.RoleProvider = _ => new AdminRoleProvider();
            })
            .UseDefaultAuthentication(authentication => authentication.UseApiKeyAuthorization<ApiKeyProvider>().DisableLocalHostRequirement())
            .UseWorkflows(workflows => workflows
                .UseCommitStrategies(strategies => strategies.AddStandardStrategies())
                .WithDefaultWorkflowCommitStrategy(new ActivityExecutingWorkflowStrategy())
                .WithDefaultActivityCommitStrategy(new StageCommitStrategy()))
            .UseWorkflowManagement(management => management.UseEntityFrameworkCore(ef =>
            {
                if (postgreSql is not null)
                    ef.UsePostgreSql(postgreSql);
                else
                    ef.UseSqlite(sqlite);
            }))
            .UseWorkflowRuntime(runtime =>
            {
                runtime.UseEntityFrameworkCore(ef =>
                {
                    if (postgreSql is not null)
                        ef.UsePostgreSql(postgreSql);
                    else
                        ef.UseSqlite(sqlite);
                });
                // A lock per instance: two stages of one instance that finish at once would else overwrite each other's state.
                runtime.UseDistributedRuntime();
                runtime.DistributedLockProvider = _ => new FileDistributedSynchronizationProvider(Directory.CreateDirectory(options.InstanceLocks));
            })
            .UseWorkflowsApi()
            .UseScheduling(scheduling => scheduling.WorkflowScheduler = sp => sp.GetRequiredService<CronScheduler>())
            .UseJavaScript()
            .UseLiquid()
            .UseHttp(http =>
            {
                http.ConfigureHttpOptions = o => o.BasePath = HooksPath;
                http.HttpClientBuilder = client => client.Bounded(options.Sources);
            })
            .UseAlterations(alterations => alterations.UseEntityFrameworkCore(ef =>
            {
                if (postgreSql is not null)
                    ef.UsePostgreSql(postgreSql);
                else
                    ef.UseSqlite(sqlite);
            }))
            .UseResilience());

        // The client that Elsa downloads files with is named after its contract.
        services.AddHttpClient(nameof(IFileDownloader)).Bounded(options.Sources);
        services.AddSingleton<IExpressionDescriptorRegistry, StrictExpressions>();
        services.AddScoped<IWorkflowRuntime, OrderedRuntime>();
        AddSchedules(services);
        services.AddActivityProvider<StageActivityProvider>();
        services.AddScoped<AdminIdentity>();
        services.AddScoped<Elsa.Identity.Contracts.IUserCredentialsValidator>(sp => sp.GetRequiredService<AdminIdentity>());
        services.Configure<IncidentOptions>(o => o.DefaultIncidentStrategy = typeof(ContinueWithIncidentsStrategy));
        services.Configure<RuntimeOptions>(o => o.InactivityThreshold = Silence);
        services.Configure<RecurringTaskOptions>(o => o.Schedule.ConfigureTask<RestartInterruptedWorkflowsTask>(Silence));
    }

    private static void AddSchedules(IServiceCollection services)
    {
        services.AddSingleton<CronOccurrences>();
        services.AddScoped<CronScheduler>();
        services.AddScoped<CronStarter>();
        services.AddSingleton<Elsa.Workflows.IActivityDescriptorModifier, CronInputs>();
        services.AddNotificationHandler<CronValidation>();
        services.AddHostedService<CronWaiting>();
    }

    // What a definition asks of the web is bounded as what its stages read.
    private static void Bounded(this IHttpClientBuilder client, AllowedSources sources) =>
        client.ConfigurePrimaryHttpMessageHandler(BoundedHttpHandler.Sender).AddHttpMessageHandler(() => new BoundedHttpHandler(sources));
}
