using FineTuneWorkflows.Server.Tests.Support;
using Microsoft.Playwright;

namespace FineTuneWorkflows.Server.Tests.Studio;

/// <summary>A headless Chromium that is logged in to a server's designer.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];
    private static readonly string Shots = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "TestResults", "screenshots")).FullName;

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private Browser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        this.playwright = playwright;
        this.browser = browser;
        Page = page;
    }

    /// <summary>The installed browser, or null.</summary>
    public static string? Program { get; } = Array.Find(Programs, File.Exists);

    public IPage Page { get; }

    public static async Task<Browser> OpenAsync(ServerProcess server)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1600, Height = 1000 } });
        page.SetDefaultTimeout(30_000);
        Assertions.SetDefaultExpectTimeout(20_000);
        var opened = new Browser(playwright, browser, page);
        await opened.LogInAsync(server);
        return opened;
    }

    /// <summary>Keeps a picture of the page.</summary>
    public async Task ShootAsync(string name)
    {
        // Animations and toasts come to rest.
        await Page.WaitForTimeoutAsync(1000);
        await Page.ScreenshotAsync(new() { Path = Path.Combine(Shots, name + ".png") });
    }

    /// <summary>Shows the whole flowchart.</summary>
    public async Task ZoomToFitAsync()
    {
        // The designer's own toolbar; those of the page and of the journal stand elsewhere.
        await Page.Locator(".mud-paper > .mud-toolbar").Last.Locator("button").First.ClickAsync();
        await Page.Mouse.MoveAsync(5, 5);
    }

    public async ValueTask DisposeAsync()
    {
        // Where a test failed, this shows why.
        await ShootAsync("last");
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private async Task LogInAsync(ServerProcess server)
    {
        await Page.GotoAsync(server.Client.Address.ToString());
        // The page is drawn twice, first without life: what is typed too early is lost. The fields take their value when they lose the focus.
        var name = Page.Locator("input[name=Username]").First;
        var password = Page.Locator("input[type=password]").First;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        do
        {
            await Page.WaitForTimeoutAsync(500);
            await name.FillAsync("admin");
            await name.PressAsync("Tab");
            await password.FillAsync(ServerProcess.Password);
            await password.PressAsync("Tab");
            await Page.WaitForTimeoutAsync(500);
            limit.Token.ThrowIfCancellationRequested();
        }
        while (await name.InputValueAsync() != "admin" || await password.InputValueAsync() != ServerProcess.Password);
        await ShootAsync("login");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Login" }).ClickAsync();
        await Page.WaitForURLAsync(url => !url.Contains("login", StringComparison.Ordinal));
    }
}
