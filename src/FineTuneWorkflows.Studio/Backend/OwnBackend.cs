using Elsa.Studio.Contracts;
using Elsa.Studio.Models;

namespace FineTuneWorkflows.Studio.Backend;

/// <summary>The backend is the application that the designer runs in; its port is known only once it listens.</summary>
internal sealed class OwnBackend(IServiceProvider services, Func<IServiceProvider, Uri> address) : IRemoteBackendAccessor
{
    public RemoteBackend RemoteBackend => new(address(services));
}
