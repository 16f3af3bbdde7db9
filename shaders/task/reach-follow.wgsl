// As reach.wgsl, and notices rest and returns. A return is a crossing of the plane through the first state across the flow
// there, in the same direction and close to that state compared with how far the flow went in between. It is a candidate
// of a limit cycle and no proof of one: the host looks at it in f64.

// The state between a and b, whose velocities over a step are da and db, at which the plane through `at` is crossed: the
// root of the cubic Hermite interpolant, by secants.
fn crossing(a: State, da: State, b: State, db: State, at: State, normal: State) -> State {
  let s0 = dot_state(normal, sub(a, at));
  let s1 = dot_state(normal, sub(b, at));
  let d0 = dot_state(normal, da);
  let d1 = dot_state(normal, db);
  var x = s0 / (s0 - s1);
  for (var k = 0u; k < 4u; k++) {
    let value = hermite(s0, d0, s1, d1, x);
    let slope = (s1 - s0) * 6.0 * x * (1.0 - x) + d0 * (1.0 - x) * (1.0 - 3.0 * x) + d1 * x * (3.0 * x - 2.0);
    x = clamp(x - value / slope, 0.0, 1.0);
  }
  let from_a = add_scaled(scale((1.0 + 2.0 * x) * (1.0 - x) * (1.0 - x), a), x * (1.0 - x) * (1.0 - x), da);
  return add_scaled(add_scaled(from_a, x * x * (3.0 - 2.0 * x), b), x * x * (x - 1.0), db);
}

fn hermite(a: f32, da: f32, b: f32, db: f32, x: f32) -> f32 {
  let y = 1.0 - x;
  return (1.0 + 2.0 * x) * y * y * a + x * y * y * da + x * x * (3.0 - 2.0 * x) * b - x * x * y * db;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * FOLD;
  if (index >= tile.columns * tile.rows) {
    return;
  }
  let start = flow_start(index);
  let normal = velocity(start);
  var y = start;
  var slope = normal;
  var side = 0.0;
  var farthest = 0.0;
  var end = flow_end(y);
  var steps = 0u;
  while (end == RUNNING && steps < tile.steps) {
    if (norm_state(slope) <= REST_SPEED) {
      end = REST;
      break;
    }
    let before = y;
    let slope_before = slope;
    y = flow_step(y);
    slope = velocity(y);
    end = flow_end(y);
    steps++;
    let from_start = sub(y, start);
    farthest = max(farthest, norm_state(from_start));
    let now = dot_state(normal, from_start);
    if (end == RUNNING && side < 0.0 && now >= 0.0 && farthest > SMALLEST_LOOP * (1.0 + norm_state(y))) {
      let h = FLOW_STEP;
      let crossed = crossing(before, scale(h, slope_before), y, scale(h, slope), start, normal);
      if (norm_state(sub(crossed, start)) <= CLOSE_RETURN * farthest) {
        end = RETURNED;
      }
    }
    side = now;
  }
  output[index] = f32(end);
  put(1u, index, f32(steps));
  put_state(2u, index, y);
}
