using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Homes;

public sealed class HomeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Root => Path.Combine(folder.Path, "home");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void An_empty_path_is_refused(string path)
    {
        foreach (var open in (Func<string, Home>[])[Home.Open, Home.Find, Home.OpenExisting])
            Assert.StartsWith("the home folder is empty; name one with --home or FINETUNE_HOME", Assert.Throws<HomeException>(() => open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_home_has_an_id_that_stays_when_it_is_moved_and_that_no_other_has()
    {
        var id = Home.Open(Root).Id;
        Assert.Equal(id, Home.Open(Root).Id);
        Assert.Matches("^[0-9a-f]{32}$", id);
        var moved = Path.Combine(folder.Path, "moved");
        Directory.Move(Root, moved);
        Assert.Equal((id, id), (Home.Open(moved).Id, Home.Find(moved).Id));
        Assert.NotEqual(id, Home.Open(Root).Id);
    }

    [Fact]
    public async Task Processes_that_make_a_home_at_once_have_one_id()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Home.Open(Root).Id, TestContext.Current.CancellationToken)));
        Assert.Single(ids.Distinct());
        Assert.Equal(ids[0], Home.Find(Root).Id);
        Assert.DoesNotContain(Directory.GetFiles(Root), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void Looking_at_a_home_that_is_not_there_makes_nothing()
    {
        var home = Home.Find(Root);
        Assert.False(home.Exists);
        Assert.Throws<HomeException>(() => home.Id);
        using (var engine = Engine.Open(home, new Probe()))
        {
            Assert.Empty(engine.Records.All());
            Assert.Empty(engine.Artifacts.Digests());
            Assert.Empty(new Pipelines.Journals.RunHistory(home).All());
        }

        Assert.Equal($"there is no home in {Root}; name it with --home or FINETUNE_HOME", Assert.Throws<HomeException>(() => Home.OpenExisting(Root)).Message);
        Assert.False(Directory.Exists(Root));
    }

    [Theory]
    [InlineData("work/notes/plan.txt")]
    [InlineData("objects/ab/readme.txt")]
    [InlineData("stages/first.json")]
    [InlineData("runs/marathon/times.txt")]
    [InlineData("pipelines/water.json")]
    [InlineData("locks/canal.txt")]
    [InlineData("work")]
    public void A_folder_with_something_else_where_a_home_keeps_its_own_is_refused_and_left_as_it_is(string file)
    {
        Write(file);
        var before = Entries();
        var error = Assert.Throws<HomeException>(() => Home.Open(Root));
        Assert.Contains("cannot become one", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Root, file.Split('/')[0]), error.Message, StringComparison.Ordinal);
        Assert.Throws<HomeException>(() => Home.OpenExisting(Root));
        Assert.Equal(before, Entries());
    }

    [Fact]
    public void A_home_may_stand_among_other_files()
    {
        Write("README.md");
        Write("src/program.cs");
        Assert.True(Home.Open(Root).Exists);
    }

    [Fact]
    public async Task A_home_of_an_earlier_version_is_recognised_and_marked()
    {
        using var fixture = new EngineFixture();
        await fixture.RunAsync(TestPipelines.Build(TestPipelines.Chain(fixture.Source)), cancellationToken: TestContext.Current.CancellationToken);
        var root = fixture.Home.Root;
        File.Delete(Path.Combine(root, "home.json"));
        Directory.CreateDirectory(Path.Combine(root, "work", new string('a', 64)));

        Assert.True(Home.Find(root).Exists);
        Assert.False(File.Exists(Path.Combine(root, "home.json")));
        Assert.Equal(Home.OpenExisting(root).Id, Home.Find(root).Id);
    }

    [Theory]
    [InlineData("", "is damaged")]
    [InlineData("{}", "is damaged")]
    [InlineData("{\"format\":\"one\",\"id\":\"x\"}", "is damaged")]
    [InlineData("{\"format\":2,\"id\":\"x\"}", "was made by a newer version")]
    public void A_marker_that_cannot_be_read_rightly_is_refused(string marker, string said)
    {
        Home.Open(Root);
        File.WriteAllText(Path.Combine(Root, "home.json"), marker);
        Assert.Contains(said, Assert.Throws<HomeException>(() => Home.Open(Root)).Message, StringComparison.Ordinal);
        Assert.Contains(said, Assert.Throws<HomeException>(() => Home.Find(Root)).Message, StringComparison.Ordinal);
    }

    private string[] Entries() => [.. Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private void Write(string file)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "mine");
    }
}
