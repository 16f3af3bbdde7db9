// Where damped Newton for r = 0 leads, N <= 8 (f64 twin: src/model/newton-end.ts). The end is a seed for f64: nothing here
// decides whether it is a fixed point. All loops are bounded, so numbers that are none cost time and nothing else.
//   1. one step along the flow, y += r/2
//   2. d = Dr^-1 r (`newton_direction`, generated); no component moves by more than 1 + max |y_i|
//   3. all of it, a quarter or a sixteenth, while |r| falls; all of it where it does not
const NEWTON_STEPS = 48u;
const NEWTON_CUTS = 3u;
// A step below this, relative to 1 + max |y_i|, is the last.
const NEWTON_CLOSE = 1e-5;

fn newton_end(start: Point) -> State {
  var y = add_scaled(start.y, 0.5, start.r);
  for (var step = 0u; step < NEWTON_STEPS; step++) {
    let p = prepare(y);
    let size = norm_state(p.r);
    let d = newton_direction(p);
    let reach = 1.0 + largest_of(y);
    let most = largest_of(d);
    let longest = min(1.0, reach / max(most, 1e-30));
    var t = longest;
    for (var cut = 0u; cut < NEWTON_CUTS; cut++) {
      if (norm_state(prepare(add_scaled(y, -t, d)).r) < (1.0 - 0.25 * t) * size) {
        break;
      }
      t *= 0.25;
    }
    // No cut made |r| fall: the counter has run through.
    y = add_scaled(y, -select(t, longest, t < 0.05 * longest), d);
    if (most <= NEWTON_CLOSE * reach) {
      break;
    }
  }
  return y;
}
