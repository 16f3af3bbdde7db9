// grad E = -M r for every energy of the paper, and the blind spots of it: |M r| <= 1e-6 |r| although the state
// moves, |r| > 1e-6 (1 + |y|).
fn is_blind(p: Point, m_r: State) -> Real {
  let r = norm_state(p.r);
  let moves = r > 1e-6 * (1.0 + norm_state(p.y));
  return select(Real(), Real(1.0), moves & (norm_state(m_r) <= 1e-6 * r));
}
