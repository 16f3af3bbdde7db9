// Third term of eq. 14:  |r|^2 / 2,  M = I - H W^T.
fn energy_3(p: Point) -> Real {
  return 0.5 * dot_state(p.r, p.r);
}

fn m_3(p: Point, v: State) -> State {
  return sub(v, hessian_apply(p, weights_transposed_apply(v)));
}
