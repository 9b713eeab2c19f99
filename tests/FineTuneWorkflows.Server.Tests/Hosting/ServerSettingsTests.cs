using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace FineTuneWorkflows.Server.Tests.Hosting;

public class ServerSettingsTests
{
    [Fact]
    public async Task The_built_server_keeps_its_state_in_FINETUNE_HOME_and_nothing_in_a_foreign_HOME()
    {
        using var folder = new TestFolder();
        using var foreign = new TestFolder();
        Directory.Delete(foreign.Workflows);
        folder.Write("workflows/one.json", TestDefinitions.Flowchart("one", [("Wait", "Elsa.Delay", new { })], []).ToJsonString());

        await using var server = await ServerProcess.StartAsync(Repository.ServerProgram, [], folder, setsSecrets: true, new()
        {
            ["HOME"] = foreign.Path,
            ["FINETUNE_HOME"] = folder.Home,
            ["FINETUNE_WORKFLOWS"] = folder.Workflows,
            // As other programs might use them.
            ["Workflows"] = foreign.Path,
            ["PostgreSql"] = "Host=nowhere.invalid",
            ["URLS"] = "http://127.0.0.1:1",
            ["NodeId"] = "foreign",
            ["CpuJobs"] = "many",
        });
        var definitions = (await server.Client.GetAsync("/api/definitions")).AsArray();

        Assert.Equal("one", Assert.Single(definitions)!["definitionId"]!.GetValue<string>());
        Assert.True(File.Exists(Path.Combine(folder.Home, "server", "elsa.db")));
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(folder.Home, "server", "keys")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(foreign.Path, "*", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, ".finetune")));
    }

    [Theory]
    [InlineData("--cpu-jobs 3", "--FINETUNE_CPU_JOBS=3")]
    [InlineData("--cpu-jobs=3", "--FINETUNE_CPU_JOBS=3")]
    [InlineData("--CpuJobs 3", "--FINETUNE_CPU_JOBS=3")]
    [InlineData("--FINETUNE_API_KEY key", "--FINETUNE_API_KEY=key")]
    [InlineData("--MLFLOW_TRACKING_URI http://a --Logging:LogLevel:Default Debug", "--MLFLOW_TRACKING_URI=http://a --Logging:LogLevel:Default=Debug")]
    public void Options_get_the_names_of_their_settings(string line, string expected) => Assert.Equal(expected.Split(' '), ServerSettings.Translate(line.Split(' ')));

    [Theory]
    [InlineData("--hoem x", "there is no option --hoem; did you mean --home?")]
    [InlineData("--api-key x", "there is no option --api-key")]
    [InlineData("--home", "the option --home has no value; write --home value")]
    [InlineData("home x", "'home' is no option; options are written --name value")]
    public void What_is_no_option_is_refused(string line, string problem) =>
        Assert.StartsWith(problem, Assert.Throws<ServerException>(() => ServerSettings.Translate(line.Split(' '))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--allowed-hosts finetune.example.org --urls http://0.0.0.0:5100", "finetune.example.org localhost 127.0.0.1 [::1]")]
    [InlineData("--allowed-hosts a.example.org,b.example.org --urls http://192.0.2.7:5100", "a.example.org b.example.org 192.0.2.7 localhost 127.0.0.1 [::1]")]
    [InlineData("--urls http://inner.example.org:80", "inner.example.org localhost 127.0.0.1 [::1]")]
    public void The_names_of_a_proxy_are_added_to_the_servers_own_under_which_the_designer_and_health_checks_ask(string line, string names)
    {
        using var folder = new TestFolder();
        var configuration = new ConfigurationBuilder().AddCommandLine([.. ServerSettings.Translate(line.Split(' ')), $"--FINETUNE_HOME={folder.Home}"]).Build();

        Assert.Equal(names.Split(' '), ServerOptions.Read(configuration).AllowedHosts);
    }

    [Theory]
    [InlineData("FINETUNE_ADMIN_PASSWORD", "change-me-too")]
    [InlineData("FINETUNE_API_KEY", "change-me-to-a-long-random-text")]
    [InlineData("FINETUNE_WEBHOOK_SECRET", "Change-Me")]
    [InlineData("FINETUNE_POSTGRESQL", "Host=postgres;Username=finetune;Password=change-me;Database=finetune")]
    public void A_placeholder_of_the_example_is_no_secret(string name, string value)
    {
        using var folder = new TestFolder();
        ServerOptions Read(string text) => ServerOptions.Read(new ConfigurationBuilder().AddInMemoryCollection([new("FINETUNE_HOME", folder.Home), new(name, text)]).Build());

        var refused = Assert.Throws<ServerException>(() => Read(value));
        Read(value.Replace("change-me", "our-own", StringComparison.OrdinalIgnoreCase));

        Assert.Contains($"the setting {name}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("set one of your own", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_connection_string_is_refused_and_not_repeated()
    {
        using var folder = new TestFolder();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("FINETUNE_HOME", folder.Home), new("FINETUNE_POSTGRESQL", "postgres://finetune:hidden@db/finetune")]).Build();

        var refused = Assert.Throws<ServerException>(() => ServerOptions.Read(configuration));

        Assert.StartsWith("the setting FINETUNE_POSTGRESQL is no connection string", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_home_is_refused()
    {
        using var folder = new TestFolder();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(
            Repository.ServerProgram, [], folder, setsSecrets: true, new() { ["FINETUNE_HOME"] = " " }));

        Assert.Contains("the home folder is empty", refused.Message, StringComparison.Ordinal);
    }
}
