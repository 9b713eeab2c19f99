using System.Net;

namespace FineTuneWorkflows.Studio.Backend;

/// <summary>What the designer knows of the application that it runs in.</summary>
/// <param name="Address">Tells where Elsa's API is, such as <c>http://127.0.0.1:5100/elsa/api</c>; its port is known only once it listens.</param>
/// <param name="StageTypes">The activity types of the stages, which get icons.</param>
/// <param name="MarkRequest">Marks a request to the server as the designer's, made for the browser at an address.</param>
public sealed record DesignerHost(Func<IServiceProvider, Uri> Address, IReadOnlyList<string> StageTypes, Action<HttpRequestMessage, IPAddress?> MarkRequest);
