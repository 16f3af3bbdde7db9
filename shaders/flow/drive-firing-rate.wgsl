// Eq. 9 with R = I: u' = -u + N(u) with N(u) = g(W u + b).
fn drive(u: State) -> State {
  return activation(plus_bias(weights_apply(u)));
}
