using FineTuneWorkflows.Cli.Hosting;

var console = CliConsole.System();
return await new CliApp(StandardHost.Create(console.Error), console).RunAsync(args);
