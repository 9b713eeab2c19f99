using Elsa.Studio.Branding;
using Elsa.Studio.Branding.Models;

namespace FineTuneWorkflows.Studio.Appearance;

/// <summary>The product's name where Elsa's would stand.</summary>
internal sealed class Branding : DefaultBrandingProvider
{
    private const string Name = "FineTuneWorkflows";

    public override string AppName => Name;

    public override string AppNameWithVersion => Name;

    public override string AppTagline => "Fine-tuning pipelines, drawn as workflows";

    public override DefaultAppBarIcons AppBarIcons { get; } = new() { ShowDocumentationLink = false, ShowGitHubLink = false };
}
