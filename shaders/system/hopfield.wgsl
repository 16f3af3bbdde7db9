// Eqs. 1 and 13 in the variable y: the activation is taken at the state itself.
//   r(y) = W g(y) + b - y
struct Point {
  y: State,       // the state
  x: State,       // the argument of g, here y
  g: State,       // g(x)
  product: State, // W g
  r: State,       // the residual
}

fn prepare(y: State) -> Point {
  let g = activation(y);
  let product = weights_apply(g);
  return Point(y, y, g, product, plus_bias_less(product, y));
}
