using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Server.Hosting;

if (args is ["--help" or "-h" or "-?"])
{
    Console.Write(ServerSettings.Help);
    return 0;
}

try
{
    await using var app = await ServerHost.BuildAsync(args);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is ServerException or HomeException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
