using System.CommandLine;
using System.Net;
using System.Text.Json;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;

namespace FineTuneWorkflows.Cli.Commands.Server;

/// <summary><c>finetune keys</c></summary>
internal sealed class KeysCommand : CliCommand
{
    private readonly Option<string?> server = ServerApi.ServerOption();

    public override IReadOnlyList<Subcommand> Subcommands =>
    [
        new("create", "Makes an API key and prints it, once.", new KeysCreateCommand()),
        new("revoke", "Revokes an API key at once.", new KeysRevokeCommand()),
    ];

    public override void Configure(Command command) => command.Options.Add(server);

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var api = new ServerApi(parsed.GetValue(server));
        context.Interruption.Listen();
        var answer = await api.AskAsync(HttpMethod.Get, "api/keys", null, context.CancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK || answer.Json() is not { ValueKind: JsonValueKind.Array } keys)
            throw api.Unexpected(answer);
        if (keys.GetArrayLength() == 0)
        {
            context.Out.WriteLine("No keys but the one of the first start; `finetune keys create NAME --scope SCOPE` makes one");
            return ExitCode.Done;
        }

        var table = new TextTable("Id", "Name", "Scope", "Made (UTC)", "Revoked (UTC)");
        foreach (var key in keys.EnumerateArray())
            table.Add(Text(key, "id"), Text(key, "name"), Text(key, "scope"), Time(Text(key, "created")), Time(Text(key, "revoked")));
        table.Write(context.Out, context.Ink);
        return ExitCode.Done;
    }

    private static string Text(JsonElement key, string member) => key.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string Time(string iso) => iso.Length >= 19 ? iso[..19].Replace('T', ' ') : iso;
}
