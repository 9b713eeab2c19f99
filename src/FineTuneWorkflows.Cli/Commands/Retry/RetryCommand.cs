using System.CommandLine;
using System.Net;
using System.Text.Json;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;

namespace FineTuneWorkflows.Cli.Commands.Retry;

/// <summary><c>finetune retry</c></summary>
internal sealed class RetryCommand : CliCommand
{
    private const string DefaultServer = "http://127.0.0.1:5100";
    private const string ServerVariable = "FINETUNE_SERVER";
    private const string KeyVariable = "FINETUNE_API_KEY";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly Argument<string> instance = new("INSTANCE") { Description = "The workflow instance's id, as the designer and the API show it." };

    private readonly Option<string?> server = new("--server")
    {
        Description = $"The server's address. Default: ${ServerVariable}, else {DefaultServer}.",
        HelpName = "URL",
    };

    public override void Configure(Command command)
    {
        command.Arguments.Add(instance);
        command.Options.Add(server);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var address = AddressOf(parsed.GetValue(server) ?? Variable(ServerVariable) ?? DefaultServer);
        var key = Variable(KeyVariable)
            ?? throw new CommandException($"{KeyVariable} is not set; it must hold the server's API key, which the server printed at its first start");
        context.Interruption.Listen();
        var id = parsed.GetValue(instance)!;
        using var client = new HttpClient { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, $"api/runs/{Uri.EscapeDataString(id)}/retry"));
        request.Headers.TryAddWithoutValidation("Authorization", $"ApiKey {key}");
        using var response = await SendAsync(client, request, address, context.CancellationToken).ConfigureAwait(false);
        var answer = await response.Content.ReadAsStringAsync(context.CancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Accepted)
        {
            context.Out.WriteLine($"Instance {id} runs {string.Join(", ", Texts(answer, "stages"))} again; all that was done before is kept. See {new Uri(address, $"workflows/instances/{id}/view")}");
            return ExitCode.Done;
        }

        throw response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new CommandException($"the server at {address} does not take the API key in {KeyVariable}"),
            HttpStatusCode.NotFound => new CommandException(Texts(answer, "error").FirstOrDefault() ?? $"the server at {address} knows no retry; is it the finetune server?"),
            HttpStatusCode.Conflict => new CommandException(Texts(answer, "error").FirstOrDefault() ?? $"instance {id} cannot be retried now", ExitCode.Failed),
            var status => new CommandException($"the server at {address} answered {(int)status}; its log says why", ExitCode.Failed),
        };
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpRequestMessage request, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new CommandException($"no server answers at {address} ({e.Message}); start it, or name it with --server or {ServerVariable}", ExitCode.Failed, e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"the server at {address} did not answer within {Patience.TotalSeconds:0} seconds", ExitCode.Failed, e);
        }
    }

    private static Uri AddressOf(string text) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri
        : throw new CommandException($"the server's address must look like {DefaultServer}, got '{text}'");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // A member that is a text or a list of texts; nothing where the answer is not what this server says.
    private static List<string> Texts(string answer, string member)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty(member, out var value))
                return [];
            return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => v.ToString())] : [value.ToString()];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
