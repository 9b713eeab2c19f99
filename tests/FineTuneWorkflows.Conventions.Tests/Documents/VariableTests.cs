using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Conventions.Tests.Documents;

public sealed partial class VariableTests
{
    [Fact]
    public void Every_variable_of_the_environment_that_the_code_names_stands_in_the_documents()
    {
        var documents = string.Join('\n', Checkout.Files("docs", "*.md").Append(Checkout.At("README.md")).Select(File.ReadAllText));
        var named = Checkout.Files("src", "*.cs").SelectMany(file => Variable().Matches(File.ReadAllText(file)).Select(match => match.Value)).Distinct().Order(StringComparer.Ordinal).ToList();

        Assert.Contains("FINETUNE_HOME", named);
        Assert.Empty(named.Where(name => !Regex.IsMatch(documents, $@"\b{name}\b")).ToList());
    }

    [GeneratedRegex(@"\b(FINETUNE|MLFLOW|HF)(_[A-Z0-9]+)+\b")]
    private static partial Regex Variable();
}
