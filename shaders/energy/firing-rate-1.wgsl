// First term of eq. 10:  u.W u / 2 - L(z),  M = W.
fn energy_1(p: Point) -> Real {
  return 0.5 * dot_state(p.y, p.product) - lagrangian(p.x);
}

fn m_1(p: Point, v: State) -> State {
  return weights_apply(v);
}
