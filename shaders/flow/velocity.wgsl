// The right-hand side y' = R(y) r(y) of eqs. 1, 9 and 13.
fn velocity(y: State) -> State {
  let p = prepare(y);
  return r_apply(p, p.r);
}
