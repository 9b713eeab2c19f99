using System.Text;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Server.Hosting;

/// <summary>
/// All settings of the server. Each has one name, which begins with <see cref="Prefix"/>: nothing is read from variables of names that other programs have, such as <c>HOME</c>. Only
/// MLflow's and OpenTelemetry's own variables are read besides, as everywhere.
/// </summary>
public static class ServerSettings
{
    /// <summary>What the names begin with.</summary>
    public const string Prefix = "FINETUNE_";

    internal const string Home = "FINETUNE_HOME";
    internal const string Workflows = "FINETUNE_WORKFLOWS";
    internal const string Urls = "FINETUNE_URLS";
    internal const string PostgreSql = "FINETUNE_POSTGRESQL";
    internal const string ReplaceHome = "FINETUNE_REPLACE_HOME";
    internal const string NodeId = "FINETUNE_NODE_ID";
    internal const string CpuJobs = "FINETUNE_CPU_JOBS";
    internal const string GpuJobs = "FINETUNE_GPU_JOBS";
    internal const string ShortJobs = "FINETUNE_SHORT_JOBS";
    internal const string AllowedSources = "FINETUNE_ALLOWED_SOURCES";
    internal const string AllowedHosts = "FINETUNE_ALLOWED_HOSTS";
    internal const string SessionMinutes = "FINETUNE_SESSION_MINUTES";
    internal const string ProgressSeconds = "FINETUNE_PROGRESS_SECONDS";
    internal const string WebhookLimit = "FINETUNE_WEBHOOK_LIMIT";
    internal const string WebhookWindowSeconds = "FINETUNE_WEBHOOK_WINDOW_SECONDS";
    internal const string WebhookSecret = "FINETUNE_WEBHOOK_SECRET";
    internal const string AdminPassword = "FINETUNE_ADMIN_PASSWORD";
    internal const string ApiKey = "FINETUNE_API_KEY";

    // What the host reads from its command line itself.
    private static readonly string[] HostOptions = ["environment", "contentRoot", "webRoot", "applicationName"];

    /// <summary>Every setting, in the order of the documentation.</summary>
    public static IReadOnlyList<ServerSetting> All { get; } =
    [
        new(Home, "The folder with artifacts, runs and the server's files. Default: .finetune in the current folder."),
        new(Workflows, "The folder of definitions; their relative paths count from here. Default: workflows."),
        new(Urls, $"Where to listen, several separated by ';'. Default: ASPNETCORE_URLS, else {ServerHost.DefaultUrl}."),
        new(PostgreSql, "A connection string; definitions, instances, queue and hashes go there. Default: SQLite files in the home."),
        new(ReplaceHome, "true, once: the PostgreSQL database is handed over to this home, because the one it belonged to is gone. Default: false."),
        new(NodeId, "Names this server among several on one PostgreSQL and one shared home. Default: server."),
        new(CpuJobs, "Long stages, which train, at once without a GPU. Default: 1."),
        new(GpuJobs, "Stages at once with a GPU. Default: 1."),
        new(ShortJobs, "Short stages at once, besides the long ones. Default: 1."),
        new(ProgressSeconds, "How often a running stage adds to the journal. Default: 10."),
        new(WebhookLimit, "The longest body of a webhook in bytes. Default: 1048576."),
        new(WebhookWindowSeconds, "How far the time of a signed webhook may be off. Default: 300."),
        new(AllowedSources, "Folders, as whole paths, and hosts that runs may read, separated by ','; * for everything. Default: the workflows folder, the data folder next to it, the hub of models."),
        new(AllowedHosts, "Further names that the server answers to, separated by ','; * for any. It always answers to this machine's own, and to those of the addresses to listen on."),
        new(SessionMinutes, "How long a log-in holds. Default: 720."),
        new(WebhookSecret, "The key of webhook signatures. Default: none, signed calls are refused.", IsSecret: true),
        new(AdminPassword, "The admin's password, at least 8 characters. Default: made at the first start.", IsSecret: true),
        new(ApiKey, "The API key, at least 20 characters. Default: made at the first start.", IsSecret: true),
    ];

    /// <summary>What <c>--help</c> shows.</summary>
    public static string Help
    {
        get
        {
            var text = new StringBuilder("finetune-server [--option value ...]\n\nEach option is also an environment variable and a member of appsettings.json.\n\n");
            foreach (var setting in All)
                text.Append($"  {setting.Option ?? "(variable only)",-26} {setting.Name}\n      {setting.Help}\n");
            return text.ToString();
        }
    }

    /// <summary>Gives the options of a command line the names of their settings, as the configuration knows them.</summary>
    /// <exception cref="ServerException">There is no such option, it has no value, or a word stands where an option should.</exception>
    internal static string[] Translate(IReadOnlyList<string> args)
    {
        var translated = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || args[i].Length == 2)
                throw new ServerException($"'{args[i]}' is no option; options are written --name value");
            var (option, value) = args[i].IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (args[i][2..at], args[i][(at + 1)..]) : (args[i][2..], null);
            value ??= i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : throw new ServerException($"the option --{option} has no value; write --{option} value");
            translated.Add($"--{NameOf(option)}={value}");
        }

        return [.. translated];
    }

    private static string NameOf(string option)
    {
        // --CpuJobs, as it was once written, is --cpu-jobs.
        static string Bare(string name) => name.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
        if (All.FirstOrDefault(s => s.Option is { } own && Bare(own) == Bare(option)) is { } setting)
            return setting.Name;
        if (All.FirstOrDefault(s => string.Equals(s.Name, option, StringComparison.OrdinalIgnoreCase)) is { } named)
            return named.Name;
        var isOthers = option.Contains(':', StringComparison.Ordinal) || option.StartsWith("MLFLOW_", StringComparison.Ordinal) || option.StartsWith("OTEL_", StringComparison.Ordinal)
            || HostOptions.Contains(option, StringComparer.OrdinalIgnoreCase);
        return isOthers ? option : throw new ServerException($"there is no option --{option}{NameSuggestion.For("--" + option, All.Select(s => s.Option).OfType<string>())} --help lists them");
    }
}
