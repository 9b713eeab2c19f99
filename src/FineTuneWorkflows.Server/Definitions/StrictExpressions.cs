using System.Text.Json;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Workflows.Management.Services;

namespace FineTuneWorkflows.Server.Definitions;

/// <summary>
/// The kinds of expressions, with an error for one that there is not. Elsa would read such a setting as none at all, so that a mistyped kind would run a stage with its default.
/// </summary>
internal sealed class StrictExpressions(IEnumerable<IExpressionDescriptorProvider> providers) : IExpressionDescriptorRegistry
{
    private readonly ExpressionDescriptorRegistry kinds = new(providers);

    public void Add(ExpressionDescriptor descriptor) => kinds.Add(descriptor);

    public void AddRange(IEnumerable<ExpressionDescriptor> descriptors) => kinds.AddRange(descriptors);

    public IEnumerable<ExpressionDescriptor> ListAll() => kinds.ListAll();

    public ExpressionDescriptor? Find(Func<ExpressionDescriptor, bool> predicate) => kinds.Find(predicate);

    /// <exception cref="JsonException">There is no such kind; names it and those that there are.</exception>
    public ExpressionDescriptor? Find(string type) => kinds.Find(type)
        ?? throw new JsonException($"unknown expression type '{type}'; known types are {string.Join(", ", kinds.ListAll().Select(k => k.Type).Order(StringComparer.Ordinal))}");
}
