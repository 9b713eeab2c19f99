using FineTuneWorkflows.Text.Sources.Hub;

namespace FineTuneWorkflows.Text.Tests.Sources;

/// <summary>What the environment says of the hub.</summary>
public sealed class HubEnvironmentTests
{
    [Fact]
    public void Without_variables_the_public_hub_is_asked_without_a_token() => Assert.Equal(new HubOptions(), HubOptions.From(_ => null));

    [Fact]
    public void HF_ENDPOINT_HF_TOKEN_and_HF_HUB_OFFLINE_are_read_as_Hugging_Face_s_own_tools_read_them()
    {
        var options = Options(("HF_ENDPOINT", "https://mirror.example/ "), ("HF_TOKEN", " hf_secret\n"), ("HF_HUB_OFFLINE", "1"));
        Assert.Equal(("https://mirror.example", "hf_secret", true), (options.Endpoint, options.Token, options.Offline));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("TRUE", true)]
    [InlineData("yes", true)]
    [InlineData("On", true)]
    [InlineData("0", false)]
    [InlineData("false", false)]
    [InlineData("", false)]
    public void Offline_is_what_means_yes(string value, bool offline) => Assert.Equal(offline, Options(("HF_HUB_OFFLINE", value)).Offline);

    [Fact]
    public void Blank_variables_count_as_unset() => Assert.Equal(new HubOptions(), HubOptions.From(_ => "  "));

    [Fact]
    public void FINETUNE_HUB_CACHE_names_the_cache_folder()
    {
        var own = Path.Combine(Path.GetTempPath(), "models");
        Assert.Equal(own, HubCacheFolder.From(Variables(("FINETUNE_HUB_CACHE", own), ("XDG_CACHE_HOME", Path.GetTempPath()))));
        Assert.Equal(Path.GetFullPath("models"), HubCacheFolder.From(Variables(("FINETUNE_HUB_CACHE", "models"))));
    }

    [Fact]
    public void Else_the_cache_lies_in_the_user_s_folder_for_caches()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has one folder for caches, whatever the variables say");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Assert.Equal("/caches/finetune/hub", HubCacheFolder.From(Variables(("XDG_CACHE_HOME", "/caches"))));
        Assert.Equal(Path.Combine(home, ".cache/finetune/hub"), HubCacheFolder.From(Variables(("XDG_CACHE_HOME", "relative"))));
        Assert.Equal(Path.Combine(home, ".cache/finetune/hub"), HubCacheFolder.From(Variables(("FINETUNE_HUB_CACHE", " "))));
    }

    private static HubOptions Options(params (string Name, string Value)[] variables) => HubOptions.From(Variables(variables));

    private static Func<string, string?> Variables(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(v => v.Name == name).Value;
}
