// R = I: eq. 1, and eqs. 9 and 13 without preconditioning.
fn r_apply(p: Point, v: State) -> State {
  return v;
}
