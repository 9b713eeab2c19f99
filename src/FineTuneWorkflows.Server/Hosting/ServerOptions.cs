using System.Globalization;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Sources;
using FineTuneWorkflows.Tracking;
using FineTuneWorkflows.Tracking.Mlflow;
using Npgsql;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>How the server is set up, from the command line, the environment and <c>appsettings.json</c>.</summary>
public sealed record ServerOptions
{
    private static readonly string[] OwnNames = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>The home that artifacts, stage records and runs lie in; shared with the command line. Default: <c>FINETUNE_HOME</c>, else <c>.finetune</c>.</summary>
    public required Home Home { get; init; }

    /// <summary>The folder of workflow definitions; relative paths in definitions count from it. Default: <c>workflows</c>.</summary>
    public required string WorkflowsFolder { get; init; }

    /// <summary>PostgreSQL's connection string, or null for SQLite files in the home. Default: null.</summary>
    public string? PostgreSql { get; init; }

    /// <summary>Whether the database is handed over to this home from the one it belonged to. Default: false.</summary>
    public bool ReplacesHome { get; init; }

    /// <summary>How many long stages, which train, run at once without a GPU. Default: 1.</summary>
    public int CpuJobs { get; init; } = 1;

    /// <summary>How many stages with a GPU run at once. Default: 1.</summary>
    public int GpuJobs { get; init; } = 1;

    /// <summary>How many short stages, which do not train, run at once beside the long ones. Default: 1.</summary>
    public int ShortJobs { get; init; } = 1;

    /// <summary>Names this server among those that share one PostgreSQL; keeps the jobs of a crash. Default: <c>server</c>.</summary>
    public string NodeId { get; init; } = "server";

    /// <summary>How often a running stage's progress goes into its instance's journal. Default: 10 seconds.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest body that a webhook takes, in bytes. Default: 1 MiB.</summary>
    public long WebhookLimit { get; init; } = 1 << 20;

    /// <summary>How far a signed webhook's time stamp may be off. Default: 5 minutes.</summary>
    public TimeSpan WebhookWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The key of webhook signatures, from <c>FINETUNE_WEBHOOK_SECRET</c>; null refuses signed calls. Never stored.</summary>
    public string? WebhookSecret { get; init; }

    /// <summary>The admin's password, from <c>FINETUNE_ADMIN_PASSWORD</c>; null makes one at the first start. Only its hash is stored.</summary>
    public string? AdminPassword { get; init; }

    /// <summary>The API key, from <c>FINETUNE_API_KEY</c>; null makes one at the first start. Only its hash is stored.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The OTLP endpoint for traces and metrics, from <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; null sends none.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>The MLflow server that runs are delivered to, from <c>MLFLOW_TRACKING_URI</c> and MLflow's other variables; null delivers none.</summary>
    public MlflowOptions? Mlflow { get; init; }

    /// <summary>The names that the server is asked under, as <c>Host</c> headers give them; <c>*</c> takes any. As settings are read, this machine's own and the hosts of the addresses that it listens on are always among them.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = OwnNames;

    /// <summary>
    /// The folders and hosts that stages, and definitions that ask the web, may read from. Default: none; as settings are read, the workflows folder, the <c>data</c> folder beside it, and the hub of models.
    /// </summary>
    public AllowedSources Sources { get; init; } = AllowedSources.Of([], [], "");

    /// <summary>How long a log-in holds without another one. Default: 12 hours.</summary>
    public TimeSpan SessionLife { get; init; } = TimeSpan.FromHours(12);

    /// <summary>The folder of the server's own state within the home.</summary>
    public string StateFolder => Path.Combine(Home.Root, "server");

    internal string ElsaFile => Path.Combine(StateFolder, "elsa.db");

    internal string QueueFile => Path.Combine(StateFolder, "queue.db");

    internal string TablesFile => Path.Combine(StateFolder, "server.db");

    internal string SigningKeyFile => Path.Combine(StateFolder, "signing.key");

    internal string LockFile => Path.Combine(StateFolder, "server.lock");

    internal string NodeLocks => Path.Combine(StateFolder, "nodes");

    internal string KeysFolder => Path.Combine(StateFolder, "keys");

    internal string InstanceLocks => Path.Combine(StateFolder, "locks");

    /// <summary>Reads the options.</summary>
    /// <exception cref="ServerException">A value is wrong, or a folder cannot be used.</exception>
    /// <exception cref="HomeException">The home cannot be made or written.</exception>
    public static ServerOptions Read(IConfiguration configuration) => new()
    {
        // Empty is refused there, and not taken for absent.
        Home = Home.Open(configuration[ServerSettings.Home]),
        WorkflowsFolder = Path.GetFullPath(Text(configuration, ServerSettings.Workflows) ?? "workflows"),
        PostgreSql = ConnectionString(configuration),
        ReplacesHome = Flag(configuration, ServerSettings.ReplaceHome),
        CpuJobs = Whole(configuration, ServerSettings.CpuJobs, 1, 1, 1000),
        GpuJobs = Whole(configuration, ServerSettings.GpuJobs, 1, 0, 64),
        ShortJobs = Whole(configuration, ServerSettings.ShortJobs, 1, 1, 1000),
        NodeId = Text(configuration, ServerSettings.NodeId) ?? "server",
        ProgressInterval = TimeSpan.FromSeconds(Whole(configuration, ServerSettings.ProgressSeconds, 10, 1, 3600)),
        WebhookLimit = Whole(configuration, ServerSettings.WebhookLimit, 1 << 20, 1, int.MaxValue),
        WebhookWindow = TimeSpan.FromSeconds(Whole(configuration, ServerSettings.WebhookWindowSeconds, 300, 1, 86_400)),
        WebhookSecret = Secret(configuration, ServerSettings.WebhookSecret),
        AdminPassword = Secret(configuration, ServerSettings.AdminPassword),
        ApiKey = Secret(configuration, ServerSettings.ApiKey),
        OtlpEndpoint = Text(configuration, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        Mlflow = MlflowOf(configuration),
        AllowedHosts = Hosts(configuration),
        Sources = SourceSettings.Read(Text(configuration, ServerSettings.AllowedSources), Path.GetFullPath(Text(configuration, ServerSettings.Workflows) ?? "workflows")),
        SessionLife = TimeSpan.FromMinutes(Whole(configuration, ServerSettings.SessionMinutes, 720, 1, 525_600)),
    };

    private static MlflowOptions? MlflowOf(IConfiguration configuration)
    {
        try
        {
            return MlflowOptions.FromEnvironment(name => configuration[name]);
        }
        catch (TrackingException e)
        {
            throw new ServerException(e.Message, e);
        }
    }

    // The designer and health checks ask under this machine's own names, whatever names a proxy has.
    private static IReadOnlyList<string> Hosts(IConfiguration configuration)
    {
        var given = (Text(configuration, ServerSettings.AllowedHosts) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var own = ServerHost.Urls(configuration).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(url => Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.Host : "").Where(host => host is not ("" or "0.0.0.0" or "[::]" or "+" or "*"));
        return [.. given.Concat(own).Concat(OwnNames).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static string? Text(IConfiguration configuration, string name) => configuration[name] is { Length: > 0 } value ? value : null;

    private static string? Secret(IConfiguration configuration, string name) =>
        Text(configuration, name) is not { } text ? null
        : IsPlaceholder(text) ? throw new ServerException($"the setting {name} still begins with change-me, as in the example: everybody knows it; set one of your own")
        : text;

    private static string? ConnectionString(IConfiguration configuration)
    {
        if (Text(configuration, ServerSettings.PostgreSql) is not { } text)
            return null;
        string? password;
        try
        {
            password = new NpgsqlConnectionStringBuilder(text).Password;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // Its text may hold a password and is not repeated.
            throw new ServerException($"the setting {ServerSettings.PostgreSql} is no connection string, such as Host=localhost;Username=finetune;Password=...;Database=finetune", e);
        }

        return password is not null && IsPlaceholder(password)
            ? throw new ServerException(
                $"the password in the setting {ServerSettings.PostgreSql} (POSTGRES_PASSWORD in .env) still begins with change-me, as in the example: everybody knows it; set one of your own. "
                + "A database that was already made with it keeps it until ALTER ROLE ... PASSWORD gives it the new one")
            : text;
    }

    // What .env.example once offered.
    private static bool IsPlaceholder(string text) => text.StartsWith("change-me", StringComparison.OrdinalIgnoreCase);

    private static bool Flag(IConfiguration configuration, string name) =>
        Text(configuration, name) is not { } text ? false
        : bool.TryParse(text, out var value) ? value
        : throw new ServerException($"the setting {name} must be true or false, got '{text}'");

    private static int Whole(IConfiguration configuration, string name, int fallback, int minimum, int maximum) =>
        Text(configuration, name) is not { } text ? fallback
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum ? value
        : throw new ServerException($"the setting {name} must be a whole number in {minimum}..{maximum}, got '{text}'");
}
