using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Stages;

var catalog = EarlyCatalog.Start(() => FineTuneStages.Catalog);
var console = CliConsole.System();
return await new CliApp(StandardHost.Create(new VisibleWriter(console.Error), catalog.Get), console).RunAsync(args);
