// States of any N: one lane is one point, a state is a slot of N numbers in storage. A workgroup owns one run of
// the buffer, in which neighbouring lanes hold neighbouring addresses. `fresh` hands out slots; the host counts
// the calls and sizes the buffer, so there is nothing to free. Each lane touches its own numbers only: no barriers.
alias State = u32;

@group(1) @binding(3) var<storage, read_write> work: array<f32>;
var<private> lane: u32;
var<private> top: u32;

fn fresh() -> State {
  let slot = top;
  top += 1u;
  return slot;
}

fn place(s: State, i: u32) -> u32 {
  return lane + (s * N + i) * WORKGROUP;
}

fn load(s: State, i: u32) -> f32 {
  return work[place(s, i)];
}

fn store(s: State, i: u32, value: f32) {
  work[place(s, i)] = value;
}

fn fill_state(value: f32) -> State {
  let out = fresh();
  for (var i = 0u; i < N; i++) {
    store(out, i, value);
  }
  return out;
}

fn zero_state() -> State {
  return fill_state(0.0);
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

fn dot_state(a: State, b: State) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < N; i++) {
    sum += load(a, i) * load(b, i);
  }
  return sum;
}

fn norm_state(a: State) -> f32 {
  return sqrt(dot_state(a, a));
}

// Adds to a component unless it lies past the end of its block (the ragged last strip).
fn accumulate(s: State, i: u32, end: u32, value: f32) {
  if (i < end) {
    work[place(s, i)] += value;
  }
}
