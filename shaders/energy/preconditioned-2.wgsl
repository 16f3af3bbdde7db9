// Eq. 4, the energy of Krotov and Hopfield, and the second term of eq. 14:
//   (y - b).g - L(y) - g.W g / 2,  M = H.
fn energy_2(p: Point) -> Real {
  return less_bias_dot(p.y, p.g) - lagrangian(p.x) - 0.5 * interaction(p);
}

fn m_2(p: Point, v: State) -> State {
  return hessian_apply(p, v);
}
