// First term of eq. 14, with d = y - b:  d.W^-1 d / 2 - L(y),  M = W^-1.
fn energy_1(p: Point) -> Real {
  let d = less_bias(p.y);
  return 0.5 * dot_state(d, inverse_weights_apply(d)) - lagrangian(p.x);
}

fn m_1(p: Point, v: State) -> State {
  return inverse_weights_apply(v);
}
