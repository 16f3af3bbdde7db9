// States of any N: one lane is four points, a state is a slot of N places in storage, each with the numbers of one
// neuron at the four points. So a load of a number of the model serves four points. Lanes stand in runs of RUN: a run
// owns one stretch of the buffer, in which neighbouring lanes hold neighbouring places (128 bytes for eight lanes,
// whole cache lines). `fresh` hands out slots; the host counts the calls and sizes the buffer, so there is nothing to
// free. Each lane touches its own places only: no barriers.
alias Real = vec4f;
alias Index = vec4u;
// Where the slot begins, for this lane.
alias State = u32;

@group(1) @binding(3) var<storage, read_write> work: array<Real>;
var<private> top: State;

fn begin(lane: u32) {
  top = (lane / RUN) * tile.share + lane % RUN;
}

fn fresh() -> State {
  let slot = top;
  top += N * RUN;
  return slot;
}

fn load(s: State, i: u32) -> Real {
  return work[s + i * RUN];
}

fn store(s: State, i: u32, value: Real) {
  work[s + i * RUN] = value;
}

// Planes of the output: [component][point of the tile].
fn put(plane: u32, at: Index, value: Real) {
  let to = plane * (tile.columns * tile.rows) + at;
  output[to.x] = value.x;
  output[to.y] = value.y;
  output[to.z] = value.z;
  output[to.w] = value.w;
}

fn add(a: State, b: State) -> State {
  let out = fresh();
  for (var i = 0u; i < N; i++) {
    store(out, i, load(a, i) + load(b, i));
  }
  return out;
}

fn sub(a: State, b: State) -> State {
  let out = fresh();
  for (var i = 0u; i < N; i++) {
    store(out, i, load(a, i) - load(b, i));
  }
  return out;
}

fn scale(c: f32, a: State) -> State {
  let out = fresh();
  for (var i = 0u; i < N; i++) {
    store(out, i, c * load(a, i));
  }
  return out;
}

// a + c b
fn add_scaled(a: State, c: f32, b: State) -> State {
  let out = fresh();
  for (var i = 0u; i < N; i++) {
    store(out, i, load(a, i) + c * load(b, i));
  }
  return out;
}

fn dot_state(a: State, b: State) -> Real {
  var sum = Real();
  for (var i = 0u; i < N; i++) {
    sum += load(a, i) * load(b, i);
  }
  return sum;
}

fn norm_state(a: State) -> Real {
  var sum = Real();
  for (var i = 0u; i < N; i++) {
    let value = load(a, i);
    sum += value * value;
  }
  return sqrt(sum);
}
