using FineTuneWorkflows.Text.Sources;

namespace FineTuneWorkflows.Text.Tests.Sources;

public class DataSourceTests
{
    [Theory]
    [InlineData("a.jsonl", true)]
    [InlineData("B.TSV", true)]
    [InlineData("c.csv.gz", true)]
    [InlineData("README.md", false)]
    [InlineData("NOTICE", false)]
    [InlineData("archive.gz", false)]
    public void A_data_file_is_known_by_its_name(string name, bool isData) => Assert.Equal(isData, DataSource.IsDataFile(name));

    [Theory]
    [InlineData("https://example.org/a.csv", true)]
    [InlineData("HTTP://example.org", true)]
    [InlineData("data/a.csv", false)]
    [InlineData("/srv/http/a.csv", false)]
    public void A_web_address_is_known_by_its_scheme(string location, bool isWeb) => Assert.Equal(isWeb, DataSource.IsWeb(location));
}
