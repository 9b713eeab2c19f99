using System.Text.Json;
using System.Xml.Linq;

namespace FineTuneWorkflows.Conventions.Tests.Documents;

public sealed class NoticesTests
{
    private static readonly string[] Notices = File.ReadAllLines(Checkout.At("THIRD-PARTY-NOTICES.md"));

    [Fact]
    public void Every_package_stands_in_the_notices_and_no_other()
    {
        var packages = XDocument.Load(Checkout.At("Directory.Packages.props")).Descendants("PackageVersion").Select(p => p.Attribute("Include")!.Value);
        var listed = Listed(Notices.SkipWhile(line => line != "## Packages").TakeWhile(line => !line.StartsWith("These come along", StringComparison.Ordinal)));

        Assert.Equal(packages.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_package_that_comes_along_with_the_command_stands_in_the_notices()
    {
        using var dependencies = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "finetune.deps.json")));
        var packages = dependencies.RootElement.GetProperty("libraries").EnumerateObject().Where(library => library.Value.GetProperty("type").GetString() == "package").Select(library => library.Name.Split('/')[0]).ToList();

        Assert.Contains("TorchSharp", packages);
        Assert.Empty(packages.Except(Listed(Notices)));
    }

    [Fact]
    public void Every_folder_of_data_stands_in_the_notices()
    {
        foreach (var folder in Directory.GetDirectories(Checkout.At("data")).SelectMany(f => Path.GetFileName(f) == "models" ? Directory.GetDirectories(f) : [f]))
            Assert.Contains(Notices, line => line.StartsWith($"| [{Checkout.Relative(folder)}](", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Listed(IEnumerable<string> lines) =>
        lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| package", StringComparison.Ordinal)).Select(line => line.Split('|')[1].Trim());
}
