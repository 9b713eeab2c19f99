using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.Support;
using Microsoft.Playwright;

namespace FineTuneWorkflows.Server.Tests.Studio;

/// <summary>What a user sees and does in the designer, in a real browser, with the shipped workflow.</summary>
public class DesignerTests
{
    private static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];

    private static string Shots { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "TestResults", "screenshots")).FullName;

    [Fact]
    public async Task The_shipped_workflow_is_opened_with_all_its_stages_and_edges_and_a_run_is_seen_in_its_journal()
    {
        var browserPath = Array.Find(Browsers, File.Exists);
        Assert.SkipWhen(browserPath is null, "no Chromium is installed on this machine");
        using var folder = new TestFolder();
        // A small run; the other paths of the file count from the workflows folder, beside which the data lies as in the repository.
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "data"), Repository.File("data"));
        var definition = JsonNode.Parse(await File.ReadAllTextAsync(Repository.File("workflows/sentiment.json")))!;
        Set(definition, "Data", SmallData(folder));
        Set(definition, "Epochs", "1");
        folder.Write("workflows/sentiment.json", definition.ToJsonString());
        await using var server = await ServerProcess.StartAsync(Repository.ServerProgram, [], folder, setsSecrets: true);
        var instance = await server.Client.DispatchAsync("sentiment");

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = browserPath, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1600, Height = 1000 } });
        page.SetDefaultTimeout(60_000);

        await LogInAsync(page, server);
        await page.GotoAsync($"{server.Client.Address}workflows/definitions");
        await page.GetByText("Sentiment", new() { Exact = true }).First.ClickAsync();
        await page.Locator(".x6-node").Nth(5).WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.WaitForTimeoutAsync(1500);
        var nodes = await page.Locator(".x6-node").CountAsync();
        var edges = await page.Locator(".x6-edge").CountAsync();
        var title = await page.ContentAsync();
        await page.ScreenshotAsync(new() { Path = Path.Combine(Shots, "designer.png") });

        await page.Locator(".x6-node").Nth(3).ClickAsync();
        await page.WaitForTimeoutAsync(3000);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Shots, "number-editor.png") });
        var numbers = await page.Locator("input[type=number]").CountAsync();

        await server.Client.UntilFinishedAsync(instance, TimeSpan.FromMinutes(3));
        await page.GotoAsync($"{server.Client.Address}workflows/instances/{instance}/view");
        await page.WaitForTimeoutAsync(6000);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Shots, "journal.png") });

        Assert.Equal((6, 5), (nodes, edges));
        Assert.Contains("FineTuneWorkflows", title, StringComparison.Ordinal);
        Assert.True(numbers > 0, "the stage's parameters show no number editor");
    }

    private static async Task LogInAsync(IPage page, ServerProcess server)
    {
        await page.GotoAsync(server.Client.Address.ToString());
        // The page is drawn twice, first without life: what is typed too early is lost. The fields take their value when they lose the focus.
        var name = page.Locator("input[name=Username]").First;
        var password = page.Locator("input[type=password]").First;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        do
        {
            await page.WaitForTimeoutAsync(1500);
            await name.FillAsync("admin");
            await name.PressAsync("Tab");
            await password.FillAsync(ServerProcess.Password);
            await password.PressAsync("Tab");
            await page.WaitForTimeoutAsync(1500);
            limit.Token.ThrowIfCancellationRequested();
        }
        while (await name.InputValueAsync() != "admin" || await password.InputValueAsync() != ServerProcess.Password);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Shots, "login.png") });
        await page.GetByRole(AriaRole.Button, new() { Name = "Login" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("login", StringComparison.Ordinal));
        await page.WaitForTimeoutAsync(2000);
    }

    private static string SmallData(TestFolder folder) => folder.Write(
        "small.jsonl", string.Join('\n', File.ReadLines(Repository.File("data/sentiment/sentences.jsonl")).Take(200)) + "\n");

    private static void Set(JsonNode definition, string variable, string value) =>
        definition["variables"]!.AsArray().Single(v => v!["name"]!.GetValue<string>() == variable)!["value"] = value;
}
