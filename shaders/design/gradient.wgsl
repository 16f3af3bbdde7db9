// R = M(y) (Ex. 6.1, 7): the flow becomes minus the gradient of the energy.
fn r_apply(p: Point, v: State) -> State {
  return m_apply(p, v);
}
