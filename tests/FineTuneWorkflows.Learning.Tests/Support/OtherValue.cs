using System.Reflection;

namespace FineTuneWorkflows.Learning.Tests.Support;

/// <summary>Makes a value for an option that is another than the one it has.</summary>
internal static class OtherValue
{
    public static object Of(PropertyInfo property, object holder)
    {
        object? value = property.GetValue(holder);
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>().First(other => !other.Equals(value));
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => !(bool)value!,
            TypeCode.Int32 => (int)(value ?? 0) + 1,
            TypeCode.Int64 => (long)(value ?? 0L) + 1,
            TypeCode.Double => ((double)(value ?? 0.0) / 2) + 0.01,
            TypeCode.String => value + "x",
            _ => throw new NotSupportedException($"{property.Name} is a {type.Name}."),
        };
    }
}
