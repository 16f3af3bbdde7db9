// One start a lane, with steps of its own length, until the span of this dispatch is over, something ends the flow or the
// attempts of this dispatch are used up (f64 twin: src/cpu/advance.ts). Time is counted in ticks. The state is the sum of
// y and low: what rounding takes from y in a step is added to the next one, or thousands of steps would cost digits.
// A refused step is an attempt as well, and numbers that are none are refused: no lane runs for ever. One tick is as short
// as a step can be told from none: across a jump of f it is taken whatever its error, which is that of a time in f32.

// What a step would do.
struct Trial {
  change: State,
  error: State,
  slope: State, // f where it ends, for methods that know it (KNOWS_SLOPE)
}

// Ticks of the next step: one where all steps have one length; else the last two of a span share what is left, so that
// none is a splinter.
fn ticks_of(h: f32, left: u32) -> u32 {
  if (ONE_LENGTH) {
    return 1u;
  }
  let most = f32(left);
  let wanted = u32(clamp(h / tile.tick, 1.0, most));
  if (wanted >= left) {
    return left;
  }
  return select(wanted, (left + 1u) / 2u, 2u * wanted > left);
}

// Bits, not comparisons: compilers may take for granted that there is no NaN.
fn is_above(x: f32, limit: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > bitcast<u32>(limit);
}

fn after_refusal(error: f32) -> f32 {
  let finite = (bitcast<u32>(error) & 0x7fffffffu) < 0x7f800000u;
  return select(SHRINK, max(SHRINK, SAFETY * pow(error, -ERROR_EXPONENT)), finite);
}

fn after_acceptance(error: f32, last: f32) -> f32 {
  let power = (PI_LAST - ERROR_EXPONENT) * log2(max(error, LEAST_ERROR)) - PI_LAST * log2(last);
  return clamp(SAFETY * exp2(power), SHRINK, GROW);
}

fn end_at(y: State, slope: State, rest: f32) -> i32 {
  let speed = norm_state(slope);
  var end = flow_end(y);
  end = select(end, REST, end == RUNNING && speed <= rest * (1.0 + norm_state(y)));
  return select(end, NONFINITE, is_above(speed, LARGEST));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * FOLD;
  if (index >= tile.columns) {
    return;
  }
  let lane = (tile.column + index) * LANE;
  var y = state_from(lane);
  var low = state_from(lane + N);
  var done = u32(points[lane + 2u * N]);
  var h = points[lane + 2u * N + 1u];
  var last = points[lane + 2u * N + 2u];
  let rest = points[lane + 2u * N + 3u];
  var slope = zero_state();
  var known = false;
  var end = RUNNING;
  var steps = 0u;
  var refused = 0u;
  while (done < tile.ticks && steps + refused < tile.steps) {
    // One call for all starts of steps: compilers put calls in line.
    if (!known) {
      slope = velocity(y);
    }
    end = end_at(y, slope, rest);
    if (end != RUNNING) {
      break;
    }
    let ticks = ticks_of(h, tile.ticks - done);
    let length = f32(ticks) * tile.tick;
    let trial = flow_trial(y, slope, length);
    let floor = ROUNDING * (norm_state(y) + length * norm_state(slope));
    let error = scaled_error(trial.error, y, add(y, trial.change), floor);
    known = true;
    let bad = is_above(error, 1.0);
    if (bad && ticks > 1u) {
      refused++;
      h = length * after_refusal(error);
    } else if (bad && length * norm_state(slope) > TICK_CHANGE * (1.0 + norm_state(y))) {
      refused++;
      end = DIVERGED;
      break;
    } else if (is_above(error, LARGEST)) {
      refused++;
      end = CHATTER;
      break;
    } else {
      steps++;
      done += ticks;
      // A step that was cut short to meet the end says nothing against longer ones.
      h = max(h, length) * after_acceptance(error, last);
      last = max(error, LEAST_LAST);
      let sum = compensated(y, low, trial.change);
      y = sum.y;
      low = sum.low;
      slope = trial.slope;
      known = KNOWS_SLOPE;
    }
  }
  end = select(end, flow_end(y), end == RUNNING);
  output[index] = f32(end);
  put(1u, index, f32(steps));
  put(2u, index, f32(refused));
  put(3u, index, f32(done));
  put(4u, index, h);
  put(5u, index, last);
  put_state(6u, index, y);
  put_state(6u + N, index, low);
}
