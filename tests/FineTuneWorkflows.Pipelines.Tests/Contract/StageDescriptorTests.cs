using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Contract;

public class StageDescriptorTests
{
    [Fact]
    public void A_descriptor_tells_type_version_artifacts_and_parameters()
    {
        var shout = TestPipelines.Catalog.Find("Test.Shout")!;
        Assert.Equal(("Test.Shout", "Shout", 2, "Makes a data set louder."), (shout.Type, shout.Name, shout.Version, shout.Description));
        Assert.True(shout.Transforms("dataset"));
        Assert.Equal(["Mark", "Condition", "ContinueOnError", "Retries", "RetryDelay", "Timeout"], shout.Parameters.Select(p => p.Name));
    }

    [Theory]
    [InlineData("Start", "start", "Int32", 1, "0..100")]
    [InlineData("Factor", "factor", "Double", 0.5, "0..1")]
    [InlineData("Shade", "shade", "String", Shade.Light, "Light, Dark")]
    [InlineData("Token", "token", "String", "", null)]
    public void A_parameter_tells_type_default_and_constraint(string name, string jsonName, string typeName, object value, string? constraint)
    {
        var parameter = TestPipelines.Catalog.Find("Test.Count")!.Parameter(name)!;
        Assert.Equal((jsonName, typeName, value, constraint), (parameter.JsonName, parameter.Kind.TypeName, parameter.DefaultValue, parameter.Constraint));
    }

    [Fact]
    public void A_class_that_is_no_stage_is_refused()
    {
        Assert.Throws<ArgumentException>(() => StageDescriptor.Of(typeof(string)));
        Assert.Throws<ArgumentException>(() => new StageCatalog(typeof(ReadStage), typeof(ReadStage)));
    }

    [Fact]
    public void A_secret_is_resolved_from_the_environment_and_its_absence_named()
    {
        Environment.SetEnvironmentVariable("FINETUNE_TEST_SECRET", "s3cret");
        Assert.Equal("s3cret", EnvironmentReference.Resolve("Token", "${env:FINETUNE_TEST_SECRET}"));
        Assert.Equal(
            "parameter Token refers to the environment variable FINETUNE_TEST_NOT_SET, which is not set",
            Assert.Throws<StageException>(() => EnvironmentReference.Resolve("Token", "${env:FINETUNE_TEST_NOT_SET}")).Message);
        Assert.DoesNotContain("hunter2", Assert.Throws<StageException>(() => EnvironmentReference.Resolve("Token", "hunter2")).Message, StringComparison.Ordinal);
    }
}
