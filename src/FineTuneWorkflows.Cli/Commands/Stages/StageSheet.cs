using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Cli.Commands.Stages;

/// <summary>All that is known of a stage, for reading.</summary>
internal static class StageSheet
{
    private const int WidestNarrow = 160;

    public static void Write(StageDescriptor stage, TextWriter writer, Ink ink)
    {
        ink.WriteLine(writer, $"{ink.Bold(stage.Type)} (version {stage.Version})");
        if (stage.Description.Length > 0)
            ink.WriteText(writer, stage.Description);
        writer.WriteLine();
        writer.WriteLine($"Reads  {(stage.Consumes.Count == 0 ? "nothing" : Reads(stage))}");
        writer.WriteLine($"Makes  {(stage.Produces.Count == 0 ? "nothing" : Makes(stage))}");
        foreach (var category in stage.Parameters.GroupBy(p => p.Category, StringComparer.Ordinal))
        {
            writer.WriteLine();
            ink.WriteLine(writer, ink.Bold(category.Key));
            // What is allowed may be a long list: in narrow lines it stands with the description.
            var narrow = ink.Width < WidestNarrow;
            var table = narrow ? new TextTable("Parameter", "Type", "Default", "Description").Cut(2).Hang() : new TextTable("Parameter", "Type", "Default", "Allowed", "Description").Hang();
            foreach (var parameter in category)
                if (narrow)
                    table.Add(parameter.JsonName, TypeName(parameter), Default(parameter), $"{parameter.Description}{Remark(parameter)}{(parameter.Constraint is { } allowed ? $" Allowed: {allowed}" : "")}");
                else
                    table.Add(parameter.JsonName, TypeName(parameter), Default(parameter), parameter.Constraint ?? "", parameter.Description + Remark(parameter));
            table.Write(writer, ink, "  ");
        }
    }

    public static string Reads(StageDescriptor stage) => string.Join(", ", stage.Consumes.Select(c => c.Optional ? $"{c.Artifact} (optional)" : c.Artifact));

    public static string Makes(StageDescriptor stage) => string.Join(", ", stage.Produces);

    private static string TypeName(ParameterDescriptor parameter) => parameter.Kind.TypeName;

    public static string Default(ParameterDescriptor parameter) =>
        parameter.DefaultValue is null or "" or IReadOnlyList<string> { Count: 0 } ? parameter.Absent ?? "-"
        : parameter.DefaultValue is string text ? text
        : ParameterKind.Show(parameter.Kind.IsEnum ? parameter.DefaultValue.ToString() : parameter.DefaultValue).Trim('\'');

    private static string Remark(ParameterDescriptor parameter) => parameter.Secret ? " (secret: write ${env:NAME})" : "";
}
