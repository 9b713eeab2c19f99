using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Sources;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Fingerprints;

public sealed class InputFileResolverTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public InputFileResolverTests()
    {
        folder.File("data/b.csv", "b");
        folder.File("data/a.csv", "a");
        folder.File("data/deep/c.csv", "c");
        folder.File("data/notes.md", "n");
        folder.File("data/.hidden", "h");
    }

    [Theory]
    [InlineData("data", "a.csv b.csv deep/c.csv notes.md")]
    [InlineData("data/*.csv", "a.csv b.csv")]
    [InlineData("data/**/*.csv", "a.csv b.csv deep/c.csv")]
    [InlineData("d*/a.csv", "data/a.csv")]
    [InlineData("data/?.csv", "a.csv b.csv")]
    [InlineData("data/**/?.csv", "a.csv b.csv deep/c.csv")]
    [InlineData("data/n?tes.md", "notes.md")]
    [InlineData("data/a.csv", "a.csv")]
    public void Files_folders_and_globs_give_their_files_in_order(string path, string files) =>
        Assert.Equal(files, string.Join(" ", Resolve(path).Files.Select(f => f.RelativePath)));

    [Theory]
    [InlineData("nope", "parameter Data: there is no file or folder")]
    [InlineData("data/*.txt", "parameter Data: no file matches")]
    [InlineData("nope/*.txt", "parameter Data: no file matches")]
    public void What_is_not_there_is_named(string path, string message) =>
        Assert.StartsWith(message, Assert.Throws<StageException>(() => Resolve(path)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_empty_folder_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "empty"));
        Assert.EndsWith("holds no files", Assert.Throws<StageException>(() => Resolve("empty")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digest_covers_contents_and_relative_paths_but_a_file_s_extension_only()
    {
        folder.File("other/x.csv", "a");
        folder.File("other/x.tsv", "a");
        Assert.Equal(Resolve("data/a.csv").Digest, Resolve("other/x.csv").Digest);
        Assert.NotEqual(Resolve("other/x.tsv").Digest, Resolve("other/x.csv").Digest);
        var before = Resolve("data").Digest;
        File.Move(Path.Combine(folder.Path, "data/a.csv"), Path.Combine(folder.Path, "data/z.csv"));
        Assert.NotEqual(before, Resolve("data").Digest);
    }

    [Theory]
    [InlineData("secret/key.csv")]
    [InlineData("secret/there-is-no-such-file")]
    [InlineData("data/../secret/key.csv")]
    [InlineData("data/link.csv")]
    [InlineData("data/linked-folder/key.csv")]
    [InlineData("data/loop/x.csv")]
    [InlineData("secret/*.csv")]
    [InlineData("data-of-others/a.csv")]
    public void What_lies_outside_the_allowed_folders_is_refused_in_the_same_words_whether_it_exists_or_not(string path)
    {
        folder.File("secret/key.csv", "k");
        folder.File("data-of-others/a.csv", "a");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "data/link.csv"), Path.Combine(folder.Path, "secret/key.csv"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "data/linked-folder"), "../secret");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "data/loop"), "loop");
        var sources = AllowedSources.Of([Path.Combine(folder.Path, "data")], [], "SETTING lists them");

        var message = Assert.Throws<StageException>(() => Resolve(path, sources)).Message;

        Assert.Equal($"parameter Data: '{path}' is outside the allowed folders; SETTING lists them", message);
    }

    [Theory]
    [InlineData("data")]
    [InlineData("data/*")]
    public void A_folder_or_glob_with_a_link_that_leads_out_of_the_allowed_folders_is_refused(string path)
    {
        folder.File("secret/key.csv", "k");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "data/link.csv"), "../secret/key.csv");

        Assert.Throws<StageException>(() => Resolve(path, AllowedSources.Of([Path.Combine(folder.Path, "data")], [], "")));
    }

    [Fact]
    public void An_allowed_folder_may_itself_be_reached_by_a_link()
    {
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "mount"), "data");

        var files = Resolve("data/*.csv", AllowedSources.Of([Path.Combine(folder.Path, "mount")], [], "")).Files;

        Assert.Equal(["a.csv", "b.csv"], files.Select(f => f.RelativePath));
    }

    [Theory]
    [InlineData("data", ".", "leads back to {0}/data, a folder that it lies in")]
    [InlineData("data", "../data/deep/..", "leads back to {0}/data, a folder that it lies in")]
    [InlineData("data/**/*.csv", "..", "leads back to {0}, a folder that it lies in")]
    [InlineData("data", "x.csv", "leads in a circle")]
    [InlineData("data/*.csv", "x.csv", "leads in a circle")]
    [InlineData("data/x.csv", "x.csv", "leads in a circle")]
    [InlineData("data", "nowhere.csv", "leads to nowhere.csv, which does not exist")]
    [InlineData("data/*.csv", "nowhere.csv", "leads to nowhere.csv, which does not exist")]
    [InlineData("data/x.csv", "nowhere.csv", "leads to nowhere.csv, which does not exist")]
    public void A_symbolic_link_that_leads_nowhere_or_back_is_said_as_such(string path, string target, string fault)
    {
        var link = Path.Combine(folder.Path, "data/x.csv");
        File.CreateSymbolicLink(link, target);

        var message = Assert.Throws<StageException>(() => Resolve(path)).Message;

        Assert.Contains($"the symbolic link {link} {string.Format(System.Globalization.CultureInfo.InvariantCulture, fault, folder.Path)}", message, StringComparison.Ordinal);
        Assert.StartsWith("parameter Data: ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data", "a.csv b.csv deep/c.csv linked/d.csv notes.md one.csv")]
    [InlineData("data/**/*.csv", "a.csv b.csv deep/c.csv linked/d.csv one.csv")]
    public void Links_to_files_and_to_other_folders_are_followed(string path, string files)
    {
        folder.File("other/d.csv", "d");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "data/linked"), "../other");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "data/one.csv"), "../other/d.csv");
        Assert.Equal(files, string.Join(" ", Resolve(path).Files.Select(f => f.RelativePath)));
    }

    [Theory]
    [InlineData("data")]
    [InlineData("data/*.csv")]
    public void A_name_that_is_not_UTF_8_is_said_as_such(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "names are bytes on Linux only");
        var data = Path.Combine(folder.Path, "data");
        Shell("printf x > \"$1/$(printf 'caf\\351.csv')\"");
        try
        {
            var message = Assert.Throws<StageException>(() => Resolve(path)).Message;

            Assert.Contains($"the name of '{data}/caf\ufffd.csv' is not UTF-8; rename it", message, StringComparison.Ordinal);
        }
        finally
        {
            Shell("rm \"$1\"/caf*");
        }

        // .NET can neither write nor remove such a name.
        void Shell(string command)
        {
            using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", command, "sh", data]);
            shell.WaitForExit();
            Assert.Equal(0, shell.ExitCode);
        }
    }

    [Theory]
    [InlineData("data.example.org", true)]
    [InlineData("DATA.example.org", true)]
    [InlineData("example.org", false)]
    [InlineData("a.b.test", true)]
    [InlineData("b.test", false)]
    [InlineData("ab.test", false)]
    [InlineData("data.example.org.evil", false)]
    public void A_host_is_allowed_by_its_name_or_by_the_domain_above_it(string host, bool allowed) =>
        Assert.Equal(allowed, AllowedSources.Of([], ["data.example.org", "*.b.test"], "").AllowsHost(host));

    public void Dispose() => folder.Dispose();

    private InputFileResolver.ResolvedInput Resolve(string path, AllowedSources? sources = null)
    {
        using var cache = new FileHashCache(Home.Open(Path.Combine(folder.Path, "home")));
        return new InputFileResolver(cache, sources ?? AllowedSources.Everything).Resolve([new("Data", path)], folder.Path, TestContext.Current.CancellationToken);
    }
}
