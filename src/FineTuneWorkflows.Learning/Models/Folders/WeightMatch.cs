using FineTuneWorkflows.Learning.Checkpoints;

namespace FineTuneWorkflows.Learning.Models.Folders;

/// <summary>Which tensor of a folder fills which parameter.</summary>
/// <param name="Pairs">Parameters and the names of their tensors in the folder.</param>
/// <param name="Fresh">Parameters that the folder does not fill and need not.</param>
/// <param name="LeftOut">Tensors of the folder that are not used, and need not be.</param>
internal sealed record WeightMatch(
    IReadOnlyList<(ModelParameter Parameter, string Name)> Pairs, IReadOnlyList<ModelParameter> Fresh, IReadOnlyList<string> LeftOut)
{
    /// <summary>Copies the tensors into their parameters.</summary>
    public void CopyTo(ModelWeights weights)
    {
        foreach ((ModelParameter parameter, string name) in Pairs)
            weights.ReadInto(name, parameter.Value);
    }
}
