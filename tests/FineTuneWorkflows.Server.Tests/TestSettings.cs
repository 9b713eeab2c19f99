using FineTuneWorkflows.Server.Tests.Support;

// Servers are heavy: one test at a time, one shared server.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(SharedServer))]
