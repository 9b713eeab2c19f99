using System.Globalization;
using System.Text;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using Elsa.Workflows.UIHints.Dropdown;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Server.Activities;

/// <summary>Turns a stage's parameter into the input of an activity.</summary>
internal static class ParameterInput
{
    /// <summary>The editor for numbers that our designer adds to Elsa's own.</summary>
    public const string NumberHint = "finetune-number";

    public static InputDescriptor Of(ParameterDescriptor parameter, int index)
    {
        var name = parameter.Name;
        return new()
        {
            Name = name,
            DisplayName = Words(name),
            Description = Description(parameter),
            Type = TypeOf(parameter),
            ValueGetter = activity => activity.SyntheticProperties.GetValueOrDefault(name),
            ValueSetter = (activity, value) => activity.SyntheticProperties[name] = value!,
            IsSynthetic = true,
            IsWrapped = true,
            IsSensitive = parameter.Secret,
            UIHint = Hint(parameter),
            UISpecifications = Specifications(parameter),
            Category = parameter.Category,
            DefaultValue = Default(parameter),
            DefaultSyntax = "Literal",
            Order = index,
            IsBrowsable = true,
            IsSerializable = true,
            // Evaluated by the activity itself: Elsa would turn a text that is no number into 0, and evaluate once more on resumption.
            AutoEvaluate = false,
        };
    }

    /// <summary>A name in words: <c>MaxLength</c> becomes <c>Max length</c>.</summary>
    public static string Words(string name)
    {
        var words = new StringBuilder();
        foreach (var c in name)
        {
            var startsWord = char.IsUpper(c) && words.Length > 0;
            words.Append(startsWord ? " " : "").Append(startsWord ? char.ToLowerInvariant(c) : c);
        }

        return words.ToString();
    }

    private static bool IsNumber(ParameterDescriptor parameter) => parameter.Kind.ClrType == typeof(int) || parameter.Kind.ClrType == typeof(long) || parameter.Kind.ClrType == typeof(double);

    private static bool IsList(ParameterDescriptor parameter) => parameter.Kind.ClrType == typeof(IReadOnlyList<string>);

    private static Type TypeOf(ParameterDescriptor parameter) =>
        IsNumber(parameter) || parameter.Kind.ClrType == typeof(bool) ? parameter.Type
        : IsList(parameter) ? typeof(ICollection<string>)
        : typeof(string);

    private static string Hint(ParameterDescriptor parameter) =>
        parameter.AllowedValues.Count > 0 ? InputUIHints.DropDown
        : parameter.Kind.ClrType == typeof(bool) ? InputUIHints.Checkbox
        : IsNumber(parameter) ? NumberHint
        : IsList(parameter) ? InputUIHints.MultiText
        : parameter.MultiLine ? InputUIHints.MultiLine
        : InputUIHints.SingleLine;

    private static Dictionary<string, object>? Specifications(ParameterDescriptor parameter)
    {
        if (parameter.AllowedValues.Count > 0)
            return new() { [InputUIHints.DropDown] = new DropDownProps { SelectList = new([.. parameter.AllowedValues.Select(v => new SelectListItem(v, v))]) } };
        if (!IsNumber(parameter))
            return null;
        var range = new Dictionary<string, object> { ["isWhole"] = parameter.Kind.ClrType != typeof(double), ["isOptional"] = parameter.Kind.Nullable };
        if (Bound(parameter.Minimum) is { } minimum)
            range["minimum"] = minimum;
        if (Bound(parameter.Maximum) is { } maximum)
            range["maximum"] = maximum;
        return new() { [NumberHint] = range };
    }

    private static double? Bound(object? bound) => bound is null or int.MinValue or int.MaxValue or long.MinValue or long.MaxValue ? null
        : Convert.ToDouble(bound, CultureInfo.InvariantCulture) is var d && double.IsFinite(d) && Math.Abs(d) < double.MaxValue ? d : null;

    private static object? Default(ParameterDescriptor parameter) => parameter.DefaultValue switch
    {
        null or "" => parameter.Absent,
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        IReadOnlyList<string> list => list.Count == 0 ? null : list,
        Enum choice => choice.ToString(),
        var value => value,
    };

    private static string Description(ParameterDescriptor parameter)
    {
        var text = new StringBuilder(parameter.Description);
        if (parameter.AllowedValues.Count == 0 && parameter.Constraint is { } constraint)
            text.Append(CultureInfo.InvariantCulture, $" Range: {constraint}.");
        if (Default(parameter) is { } value and not IEnumerable<string>)
            text.Append(CultureInfo.InvariantCulture, $" Default: {(value is bool b ? (b ? "true" : "false") : value)}.");
        if (parameter.Secret)
            text.Append(" Write ${env:NAME}, never the secret itself.");
        return text.ToString();
    }
}
