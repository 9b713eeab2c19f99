using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Stages;

var catalog = EarlyCatalog.Start(() => FineTuneStages.Catalog);
var console = CliConsole.System();
return await new CliApp(StandardHost.Create(console.Error, catalog.Get), console).RunAsync(args);
