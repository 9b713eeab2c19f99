using Elsa.Studio.Authentication.ElsaIdentity.BlazorServer.Extensions;
using Elsa.Studio.Authentication.ElsaIdentity.HttpMessageHandlers;
using Elsa.Studio.Authentication.ElsaIdentity.UI.Extensions;
using Elsa.Studio.Branding;
using Elsa.Studio.Contracts;
using Elsa.Studio.Core.BlazorServer.Extensions;
using Elsa.Studio.Dashboard.Extensions;
using Elsa.Studio.Extensions;
using Elsa.Studio.Localization.BlazorServer.Extensions;
using Elsa.Studio.Localization.Models;
using Elsa.Studio.Models;
using Elsa.Studio.Shell.Extensions;
using Elsa.Studio.Translations;
using Elsa.Studio.Workflows.ActivityPickers.Treeview;
using Elsa.Studio.Workflows.Designer.Extensions;
using Elsa.Studio.Workflows.Extensions;
using Elsa.Studio.Workflows.UI.Contracts;
using FineTuneWorkflows.Studio.Appearance;
using FineTuneWorkflows.Studio.Editors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneWorkflows.Studio.Hosting;

/// <summary>Puts Elsa's web designer into an ASP.NET application, with this product's number editor, stage icons and name.</summary>
public static class StudioSetup
{
    private const int LongestMessage = 5 * 1024 * 1024;

    /// <summary>Adds the designer's services.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="backend">Tells where Elsa's API is, such as <c>http://127.0.0.1:5100/elsa/api</c>; asked when a page is first served.</param>
    /// <param name="stageTypes">The activity types of the stages, which get icons.</param>
    public static void AddFineTuneStudio(this WebApplicationBuilder builder, Func<IServiceProvider, Uri> backend, IReadOnlyList<string> stageTypes)
    {
        // Also when started from the build's output; a published application brings the files along, and this does nothing.
        builder.WebHost.UseStaticWebAssets();
        var services = builder.Services;
        services.AddRazorPages().AddApplicationPart(typeof(StudioSetup).Assembly);
        services.AddServerSideBlazor(blazor =>
        {
            blazor.RootComponents.RegisterCustomElsaStudioElements();
            blazor.RootComponents.MaxJSRootComponents = 1000;
        });
        services.AddElsaIdentity();
        services.AddElsaIdentityUI();
        services.AddCore();
        services.AddShell();
        services.AddRemoteBackend(new BackendApiConfig
        {
            ConfigureHttpClientBuilder = client => client.AuthenticationHandler = typeof(ElsaIdentityAuthenticatingApiHttpMessageHandler),
        });
        services.AddScoped<IRemoteBackendAccessor>(provider => new OwnBackend(provider, backend));
        services.AddDashboardModule();
        services.AddWorkflowsModule();
        services.AddLocalizationModule(new LocalizationConfig
        {
            ConfigureLocalizationOptions = localization =>
            {
                localization.DefaultCulture = "en-US";
                localization.SupportedCultures = ["en-US"];
            },
        });
        services.AddTranslations();
        services.AddScoped<IActivityPickerComponentProvider, TreeviewActivityPickerComponentProvider>();
        services.AddSignalR(signalR => signalR.MaximumReceiveMessageSize = LongestMessage);

        services.AddScoped<IUIHintHandler, NumberHandler>();
        services.AddScoped<IActivityDisplaySettingsProvider>(_ => new StageIcons(stageTypes));
        services.AddScoped<IBrandingProvider, Branding>();
    }

    /// <summary>Serves the designer at the root page and at all addresses that nothing else serves.</summary>
    public static void MapFineTuneStudio(this WebApplication app)
    {
        app.MapBlazorHub();
        app.MapFallbackToPage("/_Host");
    }
}
