using FineTuneWorkflows.Reference;
using FineTuneWorkflows.Server.Hosting;

namespace FineTuneWorkflows.Server.Tests.Reference;

/// <summary>The page of the server's settings.</summary>
public sealed class ReferencePagesTests
{
    [Fact]
    public void The_page_of_settings_is_current()
    {
        var page = "# Settings of the server\n\nMade from the server's own list by `docs/reference/update.sh`; `--help` shows the same. Each is an option, a variable of the environment and a member of "
            + "`appsettings.json`; the option goes first, then the variable. A secret has no option. What they mean together is in [the server](../server.md); MLflow's variables in [tracking](../tracking.md), "
            + "the hub's in [a base on the hub](../concepts.md#a-base-on-the-hub).\n\n"
            + ReferencePage.Table(["variable", "option", "what"], ServerSettings.All.Select(s => new[] { ReferencePage.Code(s.Name), ReferencePage.Code(s.Option ?? ""), s.Help }));
        ReferencePage.Check("settings.md", page.TrimEnd('\n') + "\n");
    }
}
