// Third term of eq. 10:  |r|^2 / 2,  M = I - W^T H(z).
fn energy_3(p: Point) -> Real {
  return 0.5 * dot_state(p.r, p.r);
}

fn m_3(p: Point, v: State) -> State {
  return sub(v, weights_transposed_apply(hessian_apply(p, v)));
}
