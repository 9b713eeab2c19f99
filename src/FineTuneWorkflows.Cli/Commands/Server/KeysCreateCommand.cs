using System.CommandLine;
using System.Net;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;

namespace FineTuneWorkflows.Cli.Commands.Server;

/// <summary><c>finetune keys create</c></summary>
internal sealed class KeysCreateCommand : CliCommand
{
    private readonly Argument<string> name = new("NAME") { Description = "What the key is for." };
    private readonly Option<string> scope = new("--scope")
    {
        Description = "What it may do: admin (all), run (start, retry and cancel runs), read (look), or webhook:PATH (call that webhook and nothing else).",
        HelpName = "SCOPE",
        Required = true,
    };

    private readonly Option<string?> server = ServerApi.ServerOption();

    public override void Configure(Command command)
    {
        command.Arguments.Add(name);
        command.Options.Add(scope);
        command.Options.Add(server);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var api = new ServerApi(parsed.GetValue(server));
        context.Interruption.Listen();
        var answer = await api.AskAsync(HttpMethod.Post, "api/keys", new { name = parsed.GetValue(name), scope = parsed.GetValue(scope) }, context.CancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.Created || answer.Text("key") is not { } key)
            throw api.Unexpected(answer);
        context.Out.WriteLine($"Key {answer.Text("id")} ({answer.Text("name")}, {answer.Text("scope")}), shown this once:");
        context.Out.WriteLine(key);
        return ExitCode.Done;
    }
}
