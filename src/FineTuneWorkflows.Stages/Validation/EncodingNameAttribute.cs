using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Stages.Validation;

/// <summary>The value is empty or the name of an encoding that text files have.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EncodingNameAttribute() : ValidationAttribute("must be the name of an encoding of text files, such as UTF-8, GB18030, Big5, Shift_JIS, EUC-KR, windows-1252, ISO-8859-1")
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is "" || (value is string text && ExampleReader.IsEncoding(text));
}
