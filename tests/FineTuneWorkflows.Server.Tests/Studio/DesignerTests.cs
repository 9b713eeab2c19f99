using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.Support;
using Microsoft.Playwright;

namespace FineTuneWorkflows.Server.Tests.Studio;

/// <summary>What a user sees and does in the designer, in a real browser, with the shipped workflow and the real stages. The pictures are kept beside the test program.</summary>
public class DesignerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_shipped_workflow_is_opened_edited_published_and_run_and_its_journal_tells_what_each_stage_made()
    {
        Assert.SkipWhen(Browser.Program is null, "no Chromium is installed on this machine");
        using var folder = new TestFolder();
        RealWorkflow.Write(folder, rows: 200);
        await using var server = await ServerProcess.StartAsync(Repository.ServerProgram, [], folder, setsSecrets: true);
        await using var browser = await Browser.OpenAsync(server);
        var page = browser.Page;

        await page.GotoAsync($"{server.Client.Address}workflows/definitions");
        // More room for the canvas.
        await page.Locator(".mud-appbar button").First.ClickAsync();
        await page.GetByText("Sentiment", new() { Exact = true }).First.ClickAsync();
        await page.Locator(".x6-node").Nth(5).WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Assertions.Expect(page.Locator(".x6-edge")).ToHaveCountAsync(5);
        await Assertions.Expect(page.Locator(".x6-node")).ToHaveCountAsync(6);
        await page.GetByText("Fine-tuning", new() { Exact = true }).DblClickAsync();
        foreach (var stage in (string[])["Fetch data", "Augment", "Tokenize", "Fine tune", "Evaluate", "Register model"])
            await Assertions.Expect(page.Locator(".mud-treeview").GetByText(stage, new() { Exact = true })).ToBeVisibleAsync();
        await browser.ZoomToFitAsync();
        await browser.ShootAsync("designer");

        await page.Locator(".x6-node").Filter(new() { HasText = "Fine tune" }).ClickAsync();
        var warmup = page.GetByLabel("Warmup ratio");
        await warmup.ScrollIntoViewIfNeededAsync();
        Assert.Equal(("number", "0", "1", "any"), (
            await warmup.GetAttributeAsync("type"), await warmup.GetAttributeAsync("min"), await warmup.GetAttributeAsync("max"), await warmup.GetAttributeAsync("step")));
        await Assertions.Expect(warmup).ToHaveValueAsync("0.1");
        await warmup.FillAsync("7");
        await warmup.PressAsync("Tab");
        await Assertions.Expect(page.GetByText("It must lie in 0..1.")).ToBeVisibleAsync();
        await warmup.FillAsync("0.25");
        await warmup.PressAsync("Tab");
        await Assertions.Expect(page.GetByText("It must lie in 0..1.")).ToBeHiddenAsync();
        await browser.ShootAsync("parameters");

        await page.Locator(".mud-button-group-root button.mud-primary-text").ClickAsync();
        var published = await PublishedAsync(server, version: 2);
        await page.Locator("button.mud-success-text").ClickAsync();
        await page.WaitForURLAsync("**/workflows/instances/**");
        var instance = page.Url.Split('/').SkipWhile(p => p != "instances").ElementAt(1);
        var finished = await server.Client.UntilFinishedAsync(instance, Limit);

        await page.ReloadAsync();
        await page.Locator(".x6-node").Nth(5).WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await browser.ZoomToFitAsync();
        var entry = page.Locator(".mud-timeline-item").Filter(new() { HasText = "Fine tune - Stage executed" });
        for (var turn = 0; turn < 40 && await entry.CountAsync() == 0; turn++)
        {
            await page.Locator(".mud-timeline-item").Last.ScrollIntoViewIfNeededAsync();
            await page.WaitForTimeoutAsync(250);
        }

        await entry.ClickAsync();
        await page.Locator(".mud-tab").Filter(new() { HasText = "Event" }).ClickAsync();
        await Assertions.Expect(page.GetByText(finished.Stage("FineTune")["artifacts"]!["model"]!.GetValue<string>()).First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("not built before").First).ToBeVisibleAsync();
        await browser.ShootAsync("instance");

        Assert.Equal("0.25", published["warmupRatio"]!["expression"]!["value"]!.ToString());
        Assert.Equal("Fetch:executed Augment:executed Tokenize:executed FineTune:executed Evaluate:executed Register:executed", finished.Outcomes());
        Assert.Equal(2, finished["version"]!.GetValue<int>());
    }

    // The stage as the published definition has it.
    private static async Task<JsonNode> PublishedAsync(ServerProcess server, int version)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (;; await Task.Delay(100, limit.Token))
            if ((await server.Client.GetAsync("/elsa/api/workflow-definitions/by-definition-id/sentiment?versionOptions=Published")) is { } definition
                && definition["version"]!.GetValue<int>() == version)
                return definition["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.GetValue<string>() == "FineTune")!;
    }
}
