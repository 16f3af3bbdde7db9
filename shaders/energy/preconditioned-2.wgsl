// Eq. 4, the energy of Krotov and Hopfield, and the second term of eq. 14:
//   (y - b).g - L(y) - g.W g / 2,  M = H.
fn energy_2(p: Point) -> f32 {
  return dot_state(sub(p.y, bias()), p.g) - lagrangian(p.x) - 0.5 * interaction(p);
}

fn m_2(p: Point, v: State) -> State {
  return hessian_apply(p, v);
}
