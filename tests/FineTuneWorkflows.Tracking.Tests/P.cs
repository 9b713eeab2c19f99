namespace X; public class P { [Fact] public void Ok() => Assert.True(true); }
