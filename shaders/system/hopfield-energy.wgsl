// Eqs. 1 and 13 where W g and r are not asked for: states of large networks, which no compiler drops by itself.
struct Point {
  y: State, // the state
  x: State, // the argument of g, here y
  g: State, // g(x)
}

fn prepare(y: State) -> Point {
  return Point(y, y, activation(y));
}
