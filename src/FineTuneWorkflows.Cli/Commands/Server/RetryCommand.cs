using System.CommandLine;
using System.Net;
using System.Text.Json;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;

namespace FineTuneWorkflows.Cli.Commands.Server;

/// <summary><c>finetune retry</c></summary>
internal sealed class RetryCommand : CliCommand
{
    private readonly Argument<string> instance = new("INSTANCE") { Description = "The workflow instance's id, as the designer and the API show it." };
    private readonly Option<string?> server = ServerApi.ServerOption();

    public override void Configure(Command command)
    {
        command.Arguments.Add(instance);
        command.Options.Add(server);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var api = new ServerApi(parsed.GetValue(server));
        context.Interruption.Listen();
        var id = parsed.GetValue(instance)!;
        var answer = await api.AskAsync(HttpMethod.Post, $"api/runs/{Uri.EscapeDataString(id)}/retry", null, context.CancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.Accepted)
            throw api.Unexpected(answer);
        var stages = answer.Json() is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("stages", out var named) && named.ValueKind == JsonValueKind.Array
            ? named.EnumerateArray().Select(s => s.ToString()) : [];
        context.Out.WriteLine($"Instance {id} runs {string.Join(", ", stages)} again; all that was done before is kept. See {new Uri(api.Address, $"workflows/instances/{id}/view")}");
        return ExitCode.Done;
    }
}
