using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Server.Hosting;
using Microsoft.AspNetCore.Connections;

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
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    // Taken by another program since it was tried; the message names the address.
    Console.Error.WriteLine($"{e.Message} Give another address with --urls ({ServerSettings.Urls})");
    return 2;
}
