using System.Text.RegularExpressions;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Tests.Support;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace FineTuneWorkflows.Server.Tests.Deployment;

/// <summary>There is no Docker to try it with everywhere, so that all that the files refer to is there is checked by reading them.</summary>
public partial class ComposeTests
{
    private static readonly string Text = File.ReadAllText(Repository.File("docker-compose.yml"));

    private static Dictionary<object, object> Compose { get; } = (Dictionary<object, object>)new DeserializerBuilder().Build().Deserialize(new MergingParser(new Parser(new StringReader(Text))))!;

    private static Dictionary<object, object> Services => Map(Compose["services"]);

    [Fact]
    public void Every_service_has_a_health_check_and_a_restart_policy()
    {
        Assert.Equal(["postgres", "mlflow", "server", "server-gpu"], Services.Keys.Cast<string>());
        Assert.All(Services.Values, s => Assert.True(Map(s).ContainsKey("healthcheck") && Map(s).ContainsKey("restart")));
    }

    [Fact]
    public void Every_variable_is_in_the_example_and_no_other()
    {
        var used = Variable().Matches(Text).Select(m => m.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal);
        var offered = File.ReadLines(Repository.File(".env.example")).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('=')[0]).Order(StringComparer.Ordinal);

        Assert.Equal(used, offered);
    }

    [Fact]
    public void The_server_reads_every_variable_that_it_is_given()
    {
        using var folder = new TestFolder();
        var read = new RecordingConfiguration(new() { ["FINETUNE_HOME"] = folder.Home });
        ServerOptions.Read(read);

        foreach (var name in Map(Map(Services["server"])["environment"]).Keys.Cast<string>())
            Assert.Contains(name, read.Asked);
        var dockerfile = File.ReadAllText(Repository.File("Dockerfile"));
        foreach (var name in (string[])["FINETUNE_WORKFLOWS", "FINETUNE_HOME", "FINETUNE_URLS"])
        {
            Assert.Contains($" {name}=", dockerfile, StringComparison.Ordinal);
            Assert.Contains(name, ServerSettings.All.Select(s => s.Name));
        }
    }

    [Fact]
    public void Every_volume_is_declared_and_every_folder_and_build_file_exists()
    {
        var declared = Map(Compose["volumes"]).Keys.Cast<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var source in Services.Values.SelectMany(s => List(Map(s), "volumes")).Select(v => v.Split(':')[0]))
            Assert.True(source.StartsWith("./", StringComparison.Ordinal) ? Directory.Exists(Repository.File(source)) : declared.Contains(source), source);
        foreach (var build in Services.Values.Select(Map).Where(s => s.ContainsKey("build")).Select(s => Map(s["build"])))
            Assert.True(File.Exists(Repository.File((string)build["dockerfile"])));
        foreach (var copied in File.ReadLines(Repository.File("Dockerfile")).Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from", StringComparison.Ordinal)).SelectMany(l => l.Split(' ')[1..^1]))
            Assert.True(Path.Exists(Repository.File(copied)), copied);
    }

    [Fact]
    public void Ports_stay_on_this_machine_and_are_those_that_the_programs_listen_on()
    {
        var ports = Services.Values.SelectMany(s => List(Map(s), "ports")).ToList();
        var dockerfile = File.ReadAllText(Repository.File("Dockerfile"));

        Assert.All(ports, p => Assert.StartsWith("127.0.0.1:", p, StringComparison.Ordinal));
        Assert.Contains(ports, p => p.EndsWith(":5100", StringComparison.Ordinal));
        Assert.Contains("EXPOSE 5100", dockerfile, StringComparison.Ordinal);
        Assert.EndsWith(":5100", ServerHost.DefaultUrl, StringComparison.Ordinal);
    }

    [Fact]
    public void The_server_does_not_run_as_root_and_a_gpu_is_reserved_only_in_its_profile()
    {
        var dockerfile = File.ReadAllText(Repository.File("Dockerfile"));

        Assert.Contains("\nUSER finetune\n", dockerfile, StringComparison.Ordinal);
        Assert.Equal("gpu", List(Map(Services["server-gpu"]), "profiles").Single());
        Assert.True(Map(Services["server-gpu"]).ContainsKey("deploy"));
        Assert.False(Map(Services["server"]).ContainsKey("deploy"));
    }

    private static Dictionary<object, object> Map(object node) => (Dictionary<object, object>)node;

    private static IEnumerable<string> List(Dictionary<object, object> map, string key) => map.TryGetValue(key, out var list) ? ((List<object>)list).Cast<string>() : [];

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+)")]
    private static partial Regex Variable();
}
