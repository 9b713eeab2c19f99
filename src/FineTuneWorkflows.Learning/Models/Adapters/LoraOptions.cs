using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace FineTuneWorkflows.Learning.Models.Adapters;

/// <summary>
/// Low-rank adaptation (Hu et al. 2021, arXiv:2106.09685): the base's weights stay as they are, and beside some of its linear layers two thin matrices are trained,
/// y = x Wᵀ + (alpha / rank) x Aᵀ Bᵀ with A <c>[rank, in]</c> and B <c>[out, rank]</c>. B starts at 0, so that training starts from the base itself. A head for classes is
/// trained in full.
/// </summary>
public sealed record LoraOptions
{
    /// <summary>As <see cref="TargetModules"/>: all linear layers below the head.</summary>
    public const string AllLinear = "all-linear";

    /// <summary>The number of rows of A; default 8.</summary>
    [Range(1, 65_536)]
    public int Rank { get; init; } = 8;

    /// <summary>What an adapter's output is multiplied with, over the rank; default 16.</summary>
    [Range(1e-6, 1e6)]
    public double Alpha { get; init; } = 16;

    /// <summary>Dropout of an adapter's input, 0 to below 1; default 0.</summary>
    [Range(0.0, 0.999)]
    public double Dropout { get; init; }

    /// <summary>The layers beside which adapters stand, by the last parts of their names, such as <c>query</c> or <c>attention.output.dense</c>; or <see cref="AllLinear"/> alone.
    /// Empty (the default) takes queries and values, as PEFT does.</summary>
    public IReadOnlyList<string> TargetModules { get; init; } = [];

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ModelException">The message names the option and its value.</exception>
    public void Check()
    {
        var problems = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), problems, validateAllProperties: true))
            throw new ModelException(string.Create(
                CultureInfo.InvariantCulture, $"LoRA's options are out of range: {string.Join(" ", problems.Select(p => p.ErrorMessage))} Rank is {Rank}, Alpha {Alpha}, Dropout {Dropout}."));
        if (TargetModules.FirstOrDefault(string.IsNullOrWhiteSpace) is not null)
            throw new ModelException("LoRA's TargetModules has an empty name.");
    }
}
