using System.Text;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Definitions;

public class DefinitionReaderTests
{
    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Equal("nowhere/x.json: there is no such file", Assert.Throws<DefinitionException>(() => DefinitionReader.ReadFile("nowhere/x.json")).Message);

    [Fact]
    public void A_folder_is_no_definition()
    {
        using var folder = new TemporaryFolder();
        Assert.EndsWith("is a folder, not a workflow definition", Assert.Throws<DefinitionException>(() => DefinitionReader.ReadFile(folder.Path)).Message);
    }

    [Theory]
    [InlineData("hello", "test.json: is not JSON: line 1, position 1")]
    [InlineData("{\n  \"root\": }", "test.json: is not JSON: line 2, position 11")]
    [InlineData("", "test.json: is not JSON: line 1, position 1")]
    public void Text_that_is_no_JSON_is_refused_with_its_place(string text, string message) => Assert.Equal(message, Problem(text));

    [Theory]
    [InlineData("[1,2]", "it has no \"root\" activity")]
    [InlineData("{\"name\":\"x\"}", "it has no \"root\" activity")]
    [InlineData("{\"root\":{\"type\":\"Elsa.If\",\"activities\":[{\"id\":\"a\",\"type\":\"T.A\"}]}}", "its root is 'Elsa.If'")]
    [InlineData("{\"root\":{\"type\":\"Elsa.Flowchart\",\"activities\":[]}}", "has no activities")]
    [InlineData("{\"root\":{\"type\":\"Elsa.Flowchart\",\"activities\":7}}", "\"activities\" is no list")]
    [InlineData("{\"root\":{\"type\":\"Elsa.Flowchart\",\"activities\":[{\"id\":\"a\"}]}}", "activity a has no type")]
    [InlineData("{\"root\":{\"type\":\"Elsa.Flowchart\",\"activities\":[{\"id\":\"a\",\"type\":\"T.A\"},{\"id\":\"a\",\"type\":\"T.A\"}]}}", "two activities have the id a")]
    [InlineData("{\"variables\":[{\"name\":\"N\",\"typeName\":\"Int32\",\"value\":\"ten\"}],\"root\":{\"type\":\"Elsa.Sequence\",\"activities\":[{\"id\":\"a\",\"type\":\"T.A\"}]}}", "variable N wants a whole number, its default is 'ten'")]
    [InlineData("{\"variables\":[{\"name\":\"N\",\"typeName\":\"MyApp.Thing\"}],\"root\":{\"type\":\"Elsa.Sequence\",\"activities\":[{\"id\":\"a\",\"type\":\"T.A\"}]}}", "variable N has the type MyApp.Thing")]
    public void JSON_that_is_no_workflow_is_refused(string json, string message) => Assert.Contains(message, Problem(json), StringComparison.Ordinal);

    [Fact]
    public void An_exported_flowchart_is_read_with_its_variables_inputs_settings_and_connections()
    {
        var definition = TestPipelines.Read("""
            {
              "$schema": "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json",
              "id": "1", "definitionId": "demo", "name": "Demo", "version": 3, "isLatest": true, "isPublished": true,
              "inputs": [{ "type": "Int32", "name": "Epochs", "displayName": "Epochs" }],
              "variables": [{ "id": "v1", "name": "MaxLength", "typeName": "Int32", "isArray": false, "value": "64", "storageDriverTypeName": null }],
              "root": {
                "type": "Elsa.Flowchart", "id": "f", "version": 1, "customProperties": {}, "metadata": {},
                "activities": [
                  { "id": "a1", "nodeId": "f:a1", "name": "Tokenize", "type": "Test.Count", "version": 1,
                    "customProperties": { "canStartWorkflow": false }, "metadata": { "designer": { "position": { "x": 0, "y": 0 } } },
                    "start": { "typeName": "Int32", "expression": { "type": "Literal", "value": 5 } },
                    "factor": null },
                  { "id": "a2", "type": "Test.Report" }
                ],
                "connections": [{ "source": { "activity": "a1", "port": "Done" }, "target": { "activity": "a2", "port": "In" } }]
              }
            }
            """);

        Assert.Equal(("demo", "Demo"), (definition.Id, definition.Name));
        Assert.Equal(["Epochs:True:", "MaxLength:False:64"], definition.Properties.Select(p => $"{p.Name}:{p.IsInput}:{p.Default}"));
        Assert.Equal(["Tokenize", "a2"], definition.Activities.Select(a => a.Name));
        Assert.Equal("start", Assert.Single(definition.Activities[0].Settings).Key);
        Assert.Equal(new ActivityConnection("a1", "Done", "a2"), Assert.Single(definition.Connections));
    }

    [Theory]
    [InlineData("Long", typeof(long))]
    [InlineData("Int64", typeof(long))]
    [InlineData("System.Int64, System.Private.CoreLib", typeof(long))]
    [InlineData("Int32", typeof(int))]
    [InlineData("Single", typeof(double))]
    public void A_variable_s_type_has_the_names_that_Elsa_exports_it_by(string typeName, Type type)
    {
        var definition = DefinitionReader.Read(
            System.Text.Encoding.UTF8.GetBytes($$$"""{"variables":[{"name":"N","typeName":"{{{typeName}}}","value":"7"}],"root":{"type":"Elsa.Sequence","activities":[{"id":"a","type":"T.A"}]}}"""), "test.json", "");

        Assert.Equal(type, definition.Properties.Single().Kind.ClrType);
    }

    [Fact]
    public void A_sequence_connects_its_activities_in_order()
    {
        var definition = TestPipelines.Read("""{"root":{"type":"Elsa.Sequence","activities":[{"id":"a","type":"T.A"},{"id":"b","type":"T.B"},{"id":"c","type":"T.C"}]}}""");
        Assert.Equal([new("a", "Done", "b"), new("b", "Done", "c")], definition.Connections);
    }

    [Fact]
    public void The_API_s_envelope_and_a_byte_order_mark_are_accepted()
    {
        var json = """{"publish":true,"model":{"definitionId":"m","root":{"type":"Elsa.Sequence","activities":[{"id":"a","type":"T.A"}]}}}""";
        var definition = DefinitionReader.Read(new byte[] { 0xEF, 0xBB, 0xBF }.Concat(Encoding.UTF8.GetBytes(json)).ToArray(), "m.json", "/");
        Assert.Equal("m", definition.Id);
    }

    [Theory]
    [InlineData("\"definitionId\":\"\\ud800\",")]
    [InlineData("\"a\\udc00b\":1,")]
    [InlineData("\"variables\":[{\"name\":\"N\",\"typeName\":\"Int32\",\"value\":\"\u00ff\"}],")]
    [InlineData("\"anything\":[[{\"x\":\"\u00ff\"}]],")]
    public void A_text_that_is_none_is_refused_wherever_it_stands(string member)
    {
        // Latin-1 writes U+00FF as the byte FF, which is no UTF-8.
        var json = Encoding.Latin1.GetBytes("{" + member + "\"root\":{\"type\":\"Elsa.Sequence\",\"activities\":[{\"id\":\"a\",\"type\":\"T.A\"}]}}");
        Assert.Contains("t.json: has a text that is not valid UTF-8", Assert.Throws<DefinitionException>(() => DefinitionReader.Read(json, "t.json", "/")).Message, StringComparison.Ordinal);
    }

    private static string Problem(string json) => Assert.Throws<DefinitionException>(() => TestPipelines.Read(json)).Message;
}
