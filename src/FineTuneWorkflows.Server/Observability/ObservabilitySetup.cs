using System.Globalization;
using FineTuneWorkflows.Server.Hosting;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Serilog;
using Serilog.Events;

namespace FineTuneWorkflows.Server.Observability;

/// <summary>Logs, traces, metrics and health.</summary>
internal static class ObservabilitySetup
{
    private const string Line = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {Message:lj} {Scope}{NewLine}{Exception}";

    public static void AddObservability(this IServiceCollection services, ServerOptions options)
    {
        services.AddSerilog(log => log
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            // EF Core says at each start that SQLite has no schemas.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Error)
            // Says at the first start that its keys are not encrypted: they lie beside the signing key, in a folder that only the server's user may read.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("Elsa", LogEventLevel.Error)
            .MinimumLevel.Override("FastEndpoints", LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            .Enrich.FromLogContext()
            .Enrich.With<ScopeEnricher>()
            .WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture));
        services.AddHealthChecks().AddCheck<ReadyCheck>("server", tags: [ReadyCheck.Tag]);
        if (options.OtlpEndpoint is null)
            return;
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("finetune-server"))
            .WithTracing(tracing => tracing.AddSource(Telemetry.Name).AddAspNetCoreInstrumentation().AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(Telemetry.Name).AddAspNetCoreInstrumentation().AddOtlpExporter());
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyCheck.Tag) });
    }
}
