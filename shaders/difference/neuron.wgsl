// What an offset of the argument changes in one neuron, or in a layer:
//   g           g(x0 + x) - g(x0)
//   rest        g less H(x0) x
//   lagrangian  L(x0 + x) - L(x0) - g(x0).x
//   moment      x.g - lagrangian, that is L(x0) - L(x0 + x) + g(x0 + x).x
struct NeuronChange {
  g: f32,
  rest: f32,
  lagrangian: f32,
  moment: f32,
}

struct Change {
  g: State,
  rest: State,
  lagrangian: f32,
  moment: f32,
}
