// Eq. 9 in the variable u: the activation is taken at z = W u + b.
//   r(u) = g(W u + b) - u
struct Point {
  y: State,       // the state u
  x: State,       // the argument of g, here z
  g: State,       // g(x)
  product: State, // W u
  r: State,       // the residual
}

fn prepare(u: State) -> Point {
  let product = weights_apply(u);
  let z = plus_bias(product);
  let g = activation(z);
  return Point(u, z, g, product, sub(g, u));
}
