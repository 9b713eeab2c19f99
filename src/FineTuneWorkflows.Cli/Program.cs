using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Stages;

var host = new CliHost(() => FineTuneStages.Catalog, home => new StageServices(home));
return await new CliApp(host, CliConsole.System()).RunAsync(args);
