using System.CommandLine;
using System.Net;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;

namespace FineTuneWorkflows.Cli.Commands.Server;

/// <summary><c>finetune keys revoke</c></summary>
internal sealed class KeysRevokeCommand : CliCommand
{
    private readonly Argument<string> id = new("ID") { Description = "The key's id, as `finetune keys` lists it." };
    private readonly Option<string?> server = ServerApi.ServerOption();

    public override void Configure(Command command)
    {
        command.Arguments.Add(id);
        command.Options.Add(server);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var api = new ServerApi(parsed.GetValue(server));
        context.Interruption.Listen();
        var key = parsed.GetValue(id)!;
        var answer = await api.AskAsync(HttpMethod.Delete, $"api/keys/{Uri.EscapeDataString(key)}", null, context.CancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK)
            throw api.Unexpected(answer);
        context.Out.WriteLine($"Key {key} is revoked");
        return ExitCode.Done;
    }
}
