using System.Globalization;

namespace FineTuneWorkflows.Tracking.Mlflow;

/// <summary>Where the server is and how to speak to it.</summary>
public sealed record MlflowOptions
{
    /// <summary>The server, http or https. A user and password in it are taken out and used for basic authentication.</summary>
    public required Uri TrackingUri { get; init; }

    /// <summary>The server's address without user and password: by it a store knows a server.</summary>
    public string Address => new UriBuilder(TrackingUri) { UserName = "", Password = "" }.Uri.AbsoluteUri.TrimEnd('/');

    /// <summary>The user for basic authentication; null for none.</summary>
    public string? Username { get; init; }

    /// <summary>The password for basic authentication; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>A bearer token; used where no user is given. Null for none.</summary>
    public string? Token { get; init; }

    /// <summary>The experiment of runs that name none, where no other is given; every server has it.</summary>
    public const string DefaultExperiment = "Default";

    /// <summary>The experiment, by name, that runs go to which name none. Default: null, which is <see cref="ExperimentId"/>, else <c>Default</c>.</summary>
    public string? ExperimentName { get; init; }

    /// <summary>The experiment, by its id on the server, that runs go to which name none; a name goes before. Default: null.</summary>
    public string? ExperimentId { get; init; }

    /// <summary>Accept any server certificate. Default: false. For trials only: whoever sits on the way can then read the password.</summary>
    public bool InsecureTls { get; init; }

    /// <summary>A PEM file with certificate authorities to trust instead of the system's; null for the system's.</summary>
    public string? ServerCertificatePath { get; init; }

    /// <summary>How long one request may take, uploads and downloads excepted. Default: 120 seconds, as Python's client.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How often a request that failed for a passing reason is sent again. Default: 3. What is not safe to repeat is not repeated.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>
    /// Whether a request is sent again, too, that found no server at all. Default: true. A shipper does without: it comes again by itself, and a
    /// server that is down is known at once.
    /// </summary>
    public bool RepeatUnreached { get; init; } = true;

    /// <summary>The pause before the first repetition; doubles each time, and is shortened at random by up to half. Default: 0.5 seconds.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Files above this many bytes go up in parts where the server can. Default: 500 MiB.</summary>
    public long MultipartThreshold { get; init; } = 500L << 20;

    /// <summary>The size of a part in bytes. Default: 100 MiB. Object stores want at least 5 MiB and at most 10,000 parts.</summary>
    public long PartSize { get; init; } = 100L << 20;

    /// <summary>
    /// Reads MLflow's own variables: <c>MLFLOW_TRACKING_URI</c>, <c>MLFLOW_TRACKING_USERNAME</c>, <c>MLFLOW_TRACKING_PASSWORD</c>,
    /// <c>MLFLOW_TRACKING_TOKEN</c>, <c>MLFLOW_EXPERIMENT_NAME</c>, <c>MLFLOW_EXPERIMENT_ID</c>, <c>MLFLOW_TRACKING_INSECURE_TLS</c>, <c>MLFLOW_TRACKING_SERVER_CERT_PATH</c>,
    /// <c>MLFLOW_HTTP_REQUEST_TIMEOUT</c> (seconds).
    /// </summary>
    /// <param name="variable">Looks a variable up; null for the environment.</param>
    /// <returns>Null where <c>MLFLOW_TRACKING_URI</c> is not set.</returns>
    /// <exception cref="TrackingException">A variable has a value that cannot be used; the message names it.</exception>
    public static MlflowOptions? FromEnvironment(Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        string? Get(string name) => variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

        if (Get("MLFLOW_TRACKING_URI") is not { } text) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            var shown = text.Contains('@', StringComparison.Ordinal) ? "(not shown, it may hold a password)" : $"'{text}'";
            throw new TrackingException($"MLFLOW_TRACKING_URI is {shown}; it must be an address of a server such as http://127.0.0.1:5000.");
        }

        var options = new MlflowOptions
        {
            TrackingUri = uri,
            Username = Get("MLFLOW_TRACKING_USERNAME"),
            Password = Get("MLFLOW_TRACKING_PASSWORD"),
            Token = Get("MLFLOW_TRACKING_TOKEN"),
            InsecureTls = Flag("MLFLOW_TRACKING_INSECURE_TLS", Get("MLFLOW_TRACKING_INSECURE_TLS")),
            ServerCertificatePath = Get("MLFLOW_TRACKING_SERVER_CERT_PATH"),
        };
        options = options with { ExperimentName = Get("MLFLOW_EXPERIMENT_NAME"), ExperimentId = Get("MLFLOW_EXPERIMENT_ID") };
        if (Get("MLFLOW_HTTP_REQUEST_TIMEOUT") is { } timeout)
        {
            options = double.TryParse(timeout, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 86_400
                ? options with { Timeout = TimeSpan.FromSeconds(seconds) }
                : throw new TrackingException($"MLFLOW_HTTP_REQUEST_TIMEOUT is '{timeout}'; it must be a number of seconds above 0.");
        }

        return options;
    }

    /// <summary>The options without anything secret.</summary>
    public override string ToString()
    {
        var kind = Username is not null || TrackingUri.UserInfo.Length > 0 ? "basic" : Token is not null ? "token" : "none";
        return $"{new UriBuilder(TrackingUri) { UserName = "", Password = "" }.Uri} (authentication: {kind})";
    }

    private static bool Flag(string name, string? value) => value?.ToLowerInvariant() switch
    {
        null or "false" or "0" => false,
        "true" or "1" => true,
        _ => throw new TrackingException($"{name} is '{value}'; it must be true or false."),
    };
}
