namespace FineTuneWorkflows.Benchmarks.Onnx;

/// <summary>
/// A graph of operators, written as an ONNX file. Messages and their fields' numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, operators those of the default operator set 12:
/// https://onnx.ai/onnx/operators. It is an old one, because in later ones ONNX Runtime does not find BERT's attention.
/// </summary>
internal sealed class OnnxGraph
{
    // The version of the format that came with operator set 12 (ONNX 1.7).
    private const int FormatVersion = 7, OperatorSet = 12;

    private readonly List<ProtobufMessage> nodes = [], inputs = [], outputs = [];
    private readonly List<OnnxTensor> constants = [];

    /// <summary>Declares an input of the graph.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="shape">Names of its sizes, which are known only when the graph is run.</param>
    public string Input(string name, OnnxType type, params string[] shape)
    {
        inputs.Add(Value(name, type, shape));
        return name;
    }

    /// <summary>Declares that a node's output is one of the graph's.</summary>
    public void Output(string name, OnnxType type, params string[] shape) => outputs.Add(Value(name, type, shape));

    public string Constant(OnnxTensor tensor)
    {
        constants.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Adds an operator after those that its inputs come from.</summary>
    /// <param name="name">The name of the node and of its output.</param>
    /// <param name="type">The operator.</param>
    /// <param name="from">Its inputs by name.</param>
    /// <param name="attributes">Its attributes: long, float or long[].</param>
    /// <returns>The name of its output.</returns>
    public string Node(string name, string type, string[] from, params (string Name, object Value)[] attributes)
    {
        // NodeProto: input 1, output 2, name 3, op_type 4, attribute 5.
        var node = new ProtobufMessage();
        foreach (var input in from)
            node.Text(1, input);
        node.Text(2, name).Text(3, name).Text(4, type);
        foreach (var (attribute, value) in attributes)
            node.Message(5, Attribute(attribute, value));
        nodes.Add(node);
        return name;
    }

    /// <summary>Writes the file, the constants one by one.</summary>
    public void Write(string path)
    {
        // GraphProto: node 1, name 2, initializer 5, input 11, output 12.
        var small = new ProtobufMessage().Text(2, "model");
        foreach (var node in nodes)
            small.Message(1, node);
        foreach (var input in inputs)
            small.Message(11, input);
        foreach (var output in outputs)
            small.Message(12, output);
        var heads = constants.ConvertAll(constant =>
        {
            var head = constant.Head();
            var prefix = new ProtobufMessage().Begin(5, head.Length + constant.Bytes);
            return (Prefix: prefix, Head: head, Constant: constant);
        });
        var length = small.Length + heads.Sum(h => h.Prefix.Length + h.Head.Length + h.Constant.Bytes);
        using var file = File.Create(path, 1 << 20);
        // ModelProto: ir_version 1, producer_name 2, graph 7, opset_import 8 (OperatorSetIdProto: version 2).
        new ProtobufMessage().Integer(1, FormatVersion).Text(2, "FineTuneWorkflows.Benchmarks").Message(8, new ProtobufMessage().Integer(2, OperatorSet)).Begin(7, length).CopyTo(file);
        small.CopyTo(file);
        foreach (var (prefix, head, constant) in heads)
        {
            prefix.CopyTo(file);
            head.CopyTo(file);
            constant.Write(file);
        }
    }

    // AttributeProto: name 1, f 2, i 3, ints 8, type 20 (FLOAT 1, INT 2, INTS 7).
    private static ProtobufMessage Attribute(string name, object value)
    {
        var message = new ProtobufMessage().Text(1, name);
        switch (value)
        {
            case float number:
                return message.Single(2, number).Integer(20, 1);
            case long integer:
                return message.Integer(3, integer).Integer(20, 2);
            case long[] integers:
                foreach (var integer in integers)
                    message.Integer(8, integer);
                return message.Integer(20, 7);
            default:
                throw new ArgumentException($"An attribute cannot be a {value.GetType()}.", nameof(value));
        }
    }

    // ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1; its elem_type 1, shape 2; the shape's dim 1; dim_param 2.
    private static ProtobufMessage Value(string name, OnnxType type, string[] shape)
    {
        var sizes = new ProtobufMessage();
        foreach (var size in shape)
            sizes.Message(1, new ProtobufMessage().Text(2, size));
        var tensor = new ProtobufMessage().Integer(1, (int)type).Message(2, sizes);
        return new ProtobufMessage().Text(1, name).Message(2, new ProtobufMessage().Message(1, tensor));
    }
}
