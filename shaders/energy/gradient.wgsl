// grad E = -M r for every energy of the paper, and the blind spots of it: |M r| <= 1e-6 |r| although the state
// moves, |r| > 1e-6 (1 + |y|).
fn is_blind(p: Point, m_r: State) -> f32 {
  let r = norm_state(p.r);
  return select(0.0, 1.0, r > 1e-6 * (1.0 + norm_state(p.y)) && norm_state(m_r) <= 1e-6 * r);
}
