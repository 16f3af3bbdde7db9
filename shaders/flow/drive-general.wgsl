// Any R: y' = -y + N(y) with N(y) = R r + y, a valid split of which less of the stiffness is linear.
fn drive(y: State) -> State {
  return add(velocity(y), y);
}
