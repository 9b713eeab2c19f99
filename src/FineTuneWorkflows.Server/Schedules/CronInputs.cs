using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using Elsa.Workflows.UIHints.Dropdown;

namespace FineTuneWorkflows.Server.Schedules;

/// <summary>Adds the fields of <see cref="CronSettings"/> to Elsa's Cron trigger, so that the designer draws them and definitions keep them.</summary>
internal sealed class CronInputs : IActivityDescriptorModifier
{
    private const string CronType = "Elsa.Cron";

    /// <inheritdoc />
    public void Modify(ActivityDescriptor descriptor)
    {
        if (descriptor.TypeName != CronType || descriptor.Inputs.Any(i => i.Name == CronSettings.TimeZoneInput))
            return;
        descriptor.Inputs.Add(Field(CronSettings.TimeZoneInput, "Time zone", "The time zone of the expression, such as Europe/Berlin. Default: UTC.", InputUIHints.SingleLine, 10));
        var overlap = Field(
            CronSettings.OverlapInput, "Overlap", "When it is due while its last instance is still at work: Skip starts nothing, Queue starts one afterwards, Allow starts another. Default: Skip.", InputUIHints.DropDown, 11);
        overlap.UISpecifications = new Dictionary<string, object> { [InputUIHints.DropDown] = new DropDownProps { SelectList = new([.. Enum.GetNames<CronOverlap>().Select(n => new SelectListItem(n, n))]) } };
        descriptor.Inputs.Add(overlap);
    }

    private static InputDescriptor Field(string name, string displayName, string description, string hint, float order) => new()
    {
        Name = name,
        DisplayName = displayName,
        Description = description,
        Type = typeof(string),
        ValueGetter = activity => activity.SyntheticProperties.GetValueOrDefault(name),
        ValueSetter = (activity, value) => activity.SyntheticProperties[name] = value!,
        IsSynthetic = true,
        IsWrapped = true,
        UIHint = hint,
        DefaultSyntax = "Literal",
        Order = order,
        IsBrowsable = true,
        IsSerializable = true,
        AutoEvaluate = false,
    };
}
