using System.CommandLine;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;

namespace FineTuneWorkflows.Cli.Commands.Server;

/// <summary>Asks a server's API, with the key in the environment.</summary>
internal sealed class ServerApi
{
    private const string DefaultServer = "http://127.0.0.1:5100";
    private const string ServerVariable = "FINETUNE_SERVER";
    private const string KeyVariable = "FINETUNE_API_KEY";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly string key;

    /// <summary>Finds the server and the key.</summary>
    /// <param name="server">The server's address as the command line gives it; null for the environment's, else this machine's.</param>
    /// <exception cref="CommandException">The address is none, or there is no key.</exception>
    public ServerApi(string? server)
    {
        var text = server ?? Variable(ServerVariable) ?? DefaultServer;
        Address = Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri
            : throw new CommandException($"the server's address must look like {DefaultServer}, got '{text}'");
        key = Variable(KeyVariable) ?? throw new CommandException($"{KeyVariable} is not set; it must hold the server's API key, which the server printed at its first start");
    }

    /// <summary>The server's address, with a slash at its end.</summary>
    public Uri Address { get; }

    /// <summary>The option that names a server.</summary>
    public static Option<string?> ServerOption() => new("--server") { Description = $"The server's address. Default: ${ServerVariable}, else {DefaultServer}.", HelpName = "URL" };

    /// <summary>Asks.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path below the server's address.</param>
    /// <param name="body">What to send as JSON; null for nothing.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="CommandException">No server answers, or it does not take the key.</exception>
    public async Task<Answer> AskAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = Patience };
        using var request = new HttpRequestMessage(method, new Uri(Address, path)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("Authorization", $"ApiKey {key}");
        try
        {
            using var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var answer = new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
            return answer.Status switch
            {
                HttpStatusCode.Unauthorized => throw new CommandException($"the server at {Address} does not take the API key in {KeyVariable}"),
                HttpStatusCode.Forbidden => throw new CommandException($"the API key in {KeyVariable} may not do this; `finetune keys` lists what each key may do"),
                _ => answer,
            };
        }
        catch (HttpRequestException e)
        {
            throw new CommandException($"no server answers at {Address} ({e.Message}); start it, or name it with --server or {ServerVariable}", ExitCode.Failed, e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"the server at {Address} did not answer within {Patience.TotalSeconds:0} seconds", ExitCode.Failed, e);
        }
    }

    /// <summary>What to say of an answer that nothing was made of.</summary>
    public CommandException Unexpected(Answer answer) => answer.Text("error") is { } error
        ? new(error, answer.Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest ? ExitCode.Wrong : ExitCode.Failed)
        : answer.Status == HttpStatusCode.NotFound ? new($"what answers at {Address} is not this version's finetune server")
        : new($"the server at {Address} answered {(int)answer.Status}; its log says why", ExitCode.Failed);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>A server's answer.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Body">What it sent, JSON where it is what we think it is.</param>
    internal sealed record Answer(HttpStatusCode Status, string Body)
    {
        /// <summary>The body; null where it is not JSON.</summary>
        public JsonElement? Json()
        {
            try
            {
                using var json = JsonDocument.Parse(Body);
                return json.RootElement.Clone();
            }
            catch (JsonException)
            {
                return null;
            }
        }

        /// <summary>A member that is a text; null where there is none.</summary>
        public string? Text(string member) => Json() is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
