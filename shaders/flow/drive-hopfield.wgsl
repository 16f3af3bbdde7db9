// Eqs. 1 and 13 with R = I: y' = -y + N(y) with N(y) = W g(y) + b.
fn drive(y: State) -> State {
  return plus_bias(weights_apply(activation(y)));
}
