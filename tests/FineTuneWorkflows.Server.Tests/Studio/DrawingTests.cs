using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.RealStages;
using FineTuneWorkflows.Server.Tests.Support;
using Microsoft.Playwright;

namespace FineTuneWorkflows.Server.Tests.Studio;

/// <summary>A pipeline that is drawn on an empty canvas, with the mouse.</summary>
[Collection(RealServerCollection.Name)]
public class DrawingTests(RealServer real)
{
    [Fact]
    public async Task A_pipeline_drawn_on_an_empty_canvas_runs_on_the_command_line_and_is_up_to_date_on_the_server()
    {
        Assert.SkipWhen(Browser.Program is null, "no Chromium is installed on this machine");
        await using var browser = await Browser.OpenAsync(real.Server);
        var page = browser.Page;
        await page.GotoAsync($"{real.Client.Address}workflows/definitions");
        // The page is drawn twice; a dialog of the first is lost.
        await page.GetByText("Sentiment", new() { Exact = true }).First.WaitForAsync();
        await page.WaitForTimeoutAsync(1500);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create Workflow" }).ClickAsync();
        await page.Locator(".mud-dialog").GetByLabel("Name").FillAsync("Drawn");
        await page.Locator(".mud-dialog").GetByLabel("Name").PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ok" }).ClickAsync();
        await page.WaitForURLAsync("**/workflows/definitions/*/edit");
        var definition = page.Url.Split('/')[^2];
        await page.Locator(".mud-appbar button").First.ClickAsync();
        await page.GetByText("Fine-tuning", new() { Exact = true }).DblClickAsync();
        // The group opens slowly, and what is below the mouse changes meanwhile.
        await page.WaitForTimeoutAsync(1500);

        await DrawAsync(page, "Fetch data", 60, "Source");
        await FillAsync(page, "Source", Path.Combine(real.Folder.Path, "small.jsonl"));
        await DrawAsync(page, "Tokenize", 360, "Vocabulary");
        await FillAsync(page, "Vocabulary", Repository.File("data/bert-base-uncased"));
        // From the first stage's way out to the second's way in.
        await ConnectAsync(page, page.Locator(".x6-port-body").Nth(1), page.Locator(".x6-port-body").Nth(2));
        await Assertions.Expect(page.Locator(".x6-edge")).ToHaveCountAsync(1);
        await browser.ShootAsync("drawn");
        await UntilSavedAsync(definition);
        await page.Locator(".mud-button-group-root button.mud-primary-text").ClickAsync();
        await Assertions.Expect(page.GetByText("Workflow published")).ToBeVisibleAsync();
        Directory.CreateDirectory(Path.Combine(real.Folder.Path, "exported"));
        real.Folder.Write("exported/drawn.json", await real.Client.Http.GetStringAsync($"/elsa/api/workflow-definitions/{definition}/export"));

        var there = await FinetuneCommand.PipelineAsync(real.Folder, real.Folder.Home, "../exported/drawn.json");
        var here = await real.Client.UntilFinishedAsync(await real.Client.DispatchAsync(definition), TimeSpan.FromMinutes(2));

        Assert.Equal(2, there["stages"]!.AsArray().Count);
        Assert.All(here["stages"]!.AsArray(), s => Assert.Equal("up-to-date", s!["outcome"]!.GetValue<string>()));
        Assert.Equal(there["stages"]![1]!["artifacts"]!["tokens"]!.GetValue<string>(), here["stages"]![1]!["artifacts"]!["tokens"]!.GetValue<string>());
    }

    private static async Task DrawAsync(IPage page, string stage, float x, string field)
    {
        var count = await page.Locator(".x6-node").CountAsync();
        await page.Locator(".mud-treeview").GetByText(stage, new() { Exact = true })
            .DragToAsync(page.Locator(".flowchart-diagram-designer-wrapper"), new() { TargetPosition = new() { X = x, Y = 150 } });
        await Assertions.Expect(page.Locator(".x6-node")).ToHaveCountAsync(count + 1);
        // A new activity is selected, but while an earlier one is being saved that one may stay so.
        for (var attempt = 0; attempt < 5 && !await AppearsAsync(Field(page, field)); attempt++)
            await page.Locator(".x6-node").Nth(count).ClickAsync();
    }

    private static async Task<bool> AppearsAsync(ILocator locator)
    {
        try
        {
            await locator.WaitForAsync(new() { Timeout = 5000 });
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task ConnectAsync(IPage page, ILocator from, ILocator to)
    {
        var (start, end) = (await BoxAsync(page, from), await BoxAsync(page, to));
        await page.Mouse.MoveAsync(start.X + (start.Width / 2), start.Y + (start.Height / 2));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(end.X + (end.Width / 2), end.Y + (end.Height / 2), new() { Steps = 10 });
        await page.Mouse.UpAsync();
    }

    // The canvas draws a node anew while its properties are saved; meanwhile it has no place.
    private static async Task<LocatorBoundingBoxResult> BoxAsync(IPage page, ILocator locator)
    {
        for (var attempt = 0; attempt < 40; attempt++)
        {
            if (await locator.BoundingBoxAsync() is { } box)
                return box;
            await page.WaitForTimeoutAsync(250);
        }
        throw new TimeoutException($"{locator} was not drawn within 10 seconds");
    }

    private static ILocator Field(IPage page, string label) =>
        page.Locator(".mud-input-control").Filter(new() { Has = page.GetByText(label, new() { Exact = true }) }).Locator("input").First;

    private static async Task FillAsync(IPage page, string label, string value)
    {
        var field = Field(page, label);
        await field.FillAsync(value);
        await field.PressAsync("Tab");
        await Assertions.Expect(field).ToHaveValueAsync(value);
    }

    private async Task UntilSavedAsync(string definition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (;; await Task.Delay(100, limit.Token))
            if ((await real.Client.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{definition}?versionOptions=Latest"))["root"]!["connections"] is JsonArray { Count: 1 })
                return;
    }
}
