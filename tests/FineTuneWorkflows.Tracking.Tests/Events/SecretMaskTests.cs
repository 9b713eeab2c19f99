using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Tracking.Tests.Events;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("https://ann:pw@example.org/x", "https://***@example.org/x")]
    [InlineData("s3://key@bucket/x and http://u:p@h", "s3://***@bucket/x and http://***@h")]
    [InlineData("https://example.org/x@y", "https://example.org/x@y")]
    [InlineData("mail ann@example.org", "mail ann@example.org")]
    [InlineData("https://h/x?X-Amz-Signature=abc&a=1", "https://h/x?X-Amz-Signature=***&a=1")]
    [InlineData("https://h/x?sig=abc", "https://h/x?sig=***")]
    [InlineData("https://h/x?design=abc", "https://h/x?design=abc")]
    [InlineData("Bearer ${env:HUB_TOKEN}!", "Bearer ***!")]
    [InlineData("known-value and known-value-longer", "*** and ***")]
    public void Secrets_inside_a_text_are_masked_and_nothing_else(string text, string masked) =>
        Assert.Equal(masked, new SecretMask(["known-value", "known-value-longer", "abc"]).Mask(text));

    [Theory]
    [InlineData("Fetch.Password")]
    [InlineData("password")]
    [InlineData("db_passwd")]
    [InlineData("hub.token")]
    [InlineData("token")]
    [InlineData("AccessToken")]
    [InlineData("ApiKey")]
    [InlineData("s3.secret_key")]
    [InlineData("client-secret")]
    [InlineData("AWS_ACCESS_KEY")]
    public void A_key_that_says_it_is_secret_hides_its_value(string key) => Assert.Equal("***", new SecretMask().Mask(key, "value"));

    [Theory]
    [InlineData("Tokenize.MaxTokens")]
    [InlineData("Tokenizer")]
    [InlineData("token_count")]
    [InlineData("subtoken")]
    [InlineData("PrimaryKey")]
    [InlineData("secrets.Count")]
    public void A_key_that_only_sounds_like_it_does_not(string key) => Assert.Equal("value", new SecretMask().Mask(key, "value"));
}
