using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Stages;

// A short run is mostly the loading of types: another core loads those of the stages and of the engine while this one reads the command line and the definition.
var catalog = Task.Run(() => FineTuneStages.Catalog);
_ = catalog.ContinueWith(_ => Engine.Prepare(), TaskScheduler.Default);
var console = CliConsole.System();
return await new CliApp(StandardHost.Create(new VisibleWriter(console.Error), () => catalog.GetAwaiter().GetResult()), console).RunAsync(args);
