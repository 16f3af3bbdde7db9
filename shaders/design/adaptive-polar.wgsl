// R = Q(y) = U V^T of M = U S V^T (Prop. 5.2), N <= 8. Where M is singular Q is not unique: NaN, not a guess.
fn r_apply(p: Point, v: State) -> State {
  return polar_apply(m_matrix(p), v);
}
