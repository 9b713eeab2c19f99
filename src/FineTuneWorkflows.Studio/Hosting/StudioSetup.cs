using Elsa.Studio.Authentication.ElsaIdentity.BlazorServer.Extensions;
using Elsa.Studio.Authentication.ElsaIdentity.Contracts;
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
using FineTuneWorkflows.Studio.Backend;
using FineTuneWorkflows.Studio.Editors;
using FineTuneWorkflows.Studio.Login;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace FineTuneWorkflows.Studio.Hosting;

/// <summary>Puts Elsa's web designer into an ASP.NET application, with this product's number editor, stage icons and name.</summary>
public static class StudioSetup
{
    private const int LongestMessage = 5 * 1024 * 1024;
    private const int MessageMilliseconds = 6000;

    /// <summary>Adds the designer's services.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="host">What the designer knows of the application.</param>
    public static void AddFineTuneStudio(this WebApplicationBuilder builder, DesignerHost host)
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
        services.AddScoped<IRemoteBackendAccessor>(provider => new OwnBackend(provider, host.Address));
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
        services.AddScoped<IActivityDisplaySettingsProvider>(_ => new StageIcons(host.StageTypes));
        services.AddScoped<IBrandingProvider, Branding>();

        // Elsa Studio shows a message for a second, too short to read.
        services.PostConfigure<SnackbarConfiguration>(messages => messages.VisibleStateDuration = MessageMilliseconds);
        services.AddSingleton(host);
        services.AddHttpContextAccessor();
        services.AddScoped<ICredentialsValidator, ServerCredentials>();
        services.AddScoped<IFeature, LogoutFeature>();
    }

    /// <summary>Serves the designer at the root page and at all addresses that nothing else serves.</summary>
    public static void MapFineTuneStudio(this WebApplication app)
    {
        app.MapBlazorHub();
        app.MapFallbackToPage("/_Host");
    }
}
