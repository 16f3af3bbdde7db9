// Second term of eq. 10, eq. 4 at z = W u + b (so z - b is W u):
//   (W u).g - L(z) - g.W g / 2,  M = W H(z) W.
fn energy_2(p: Point) -> Real {
  return dot_state(p.product, p.g) - lagrangian(p.x) - 0.5 * weights_form(p.g);
}

fn m_2(p: Point, v: State) -> State {
  return weights_apply(hessian_apply(p, weights_apply(v)));
}
