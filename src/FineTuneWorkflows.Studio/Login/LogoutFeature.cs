using Elsa.Studio.Abstractions;
using Elsa.Studio.Contracts;

namespace FineTuneWorkflows.Studio.Login;

/// <summary>Puts the button that logs out into the designer's bar.</summary>
public sealed class LogoutFeature(IAppBarService bar) : FeatureBase
{
    private const float AtTheEnd = 1000;

    /// <inheritdoc />
    public override ValueTask InitializeAsync(CancellationToken cancellationToken = default)
    {
        bar.AddComponent<LogoutButton>(AtTheEnd);
        return base.InitializeAsync(cancellationToken);
    }
}
