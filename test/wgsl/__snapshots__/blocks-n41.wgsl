struct Tile {
  column: u32,      // first column (first axis, or first point)
  columns: u32,     // columns in this tile
  row: u32,         // first row; rows count the second and third axis together
  rows: u32,        // rows in this tile, padded to a multiple of ROWS
  share: u32,       // places of the workspace that a run of lanes owns
  rows_per_layer: u32, // rows of one (first, second) layer of a volume
  nan_bits: u32,    // 0x7fc00000: WGSL has no NaN literal
  lanes: u32,       // lanes with four points each (workspace)
  steps: u32,       // steps of a flow in this dispatch
  width: u32,       // cells of the grid along its first axis
  ticks: u32,       // ticks of the span by which a flow advances
  tick: f32,        // their length
  axis: array<vec4f, 3>, // per axis: middle, (count - 1) / 2, step, unused
}
@group(1) @binding(0) var<uniform> tile: Tile;
@group(1) @binding(1) var<storage, read_write> output: array<f32>;
const N = 41u;
const WORKGROUP = 64u;
const FOLD = 4194240u;
const RUN = 8u;
fn one_softmax_top(x: f32, size: f32, beta: f32) -> f32 {
  return x;
}
fn softmax_top(x: Real, size: f32, beta: f32) -> Real {
  return Real(one_softmax_top(x.x, size, beta), one_softmax_top(x.y, size, beta), one_softmax_top(x.z, size, beta), one_softmax_top(x.w, size, beta));
}
fn one_softmax_top_from(size: f32, beta: f32) -> f32 {
  return -3.4e38;
}
fn softmax_top_from(size: f32, beta: f32) -> Real {
  return Real(one_softmax_top_from(size, beta));
}
fn one_softmax_total(x: f32, size: f32, beta: f32, top: f32) -> f32 {
  return exp(beta * (x - top));
}
fn softmax_total(x: Real, size: f32, beta: f32, top: Real) -> Real {
  return Real(one_softmax_total(x.x, size, beta, top.x), one_softmax_total(x.y, size, beta, top.y), one_softmax_total(x.z, size, beta, top.z), one_softmax_total(x.w, size, beta, top.w));
}
fn one_softmax_activation(x: f32, size: f32, beta: f32, top: f32, total: f32) -> f32 {
  return exp(beta * (x - top)) / total;
}
fn softmax_activation(x: Real, size: f32, beta: f32, top: Real, total: Real) -> Real {
  return Real(one_softmax_activation(x.x, size, beta, top.x, total.x), one_softmax_activation(x.y, size, beta, top.y, total.y), one_softmax_activation(x.z, size, beta, top.z, total.z), one_softmax_activation(x.w, size, beta, top.w, total.w));
}
fn one_softmax_apply_mean(x: f32, g: f32, v: f32, size: f32, beta: f32, top: f32, total: f32) -> f32 {
  return g * v;
}
fn softmax_apply_mean(x: Real, g: Real, v: Real, size: f32, beta: f32, top: Real, total: Real) -> Real {
  return Real(one_softmax_apply_mean(x.x, g.x, v.x, size, beta, top.x, total.x), one_softmax_apply_mean(x.y, g.y, v.y, size, beta, top.y, total.y), one_softmax_apply_mean(x.z, g.z, v.z, size, beta, top.z, total.z), one_softmax_apply_mean(x.w, g.w, v.w, size, beta, top.w, total.w));
}
fn one_softmax_hessian_apply(x: f32, g: f32, v: f32, size: f32, beta: f32, top: f32, total: f32, mean: f32) -> f32 {
  return beta * g * (v - mean);
}
fn softmax_hessian_apply(x: Real, g: Real, v: Real, size: f32, beta: f32, top: Real, total: Real, mean: Real) -> Real {
  return Real(one_softmax_hessian_apply(x.x, g.x, v.x, size, beta, top.x, total.x, mean.x), one_softmax_hessian_apply(x.y, g.y, v.y, size, beta, top.y, total.y, mean.y), one_softmax_hessian_apply(x.z, g.z, v.z, size, beta, top.z, total.z, mean.z), one_softmax_hessian_apply(x.w, g.w, v.w, size, beta, top.w, total.w, mean.w));
}
fn one_tanh_activation(x: f32, beta: f32) -> f32 {
  return stable_tanh(beta * x);
}
fn tanh_activation(x: Real, beta: f32) -> Real {
  return Real(one_tanh_activation(x.x, beta), one_tanh_activation(x.y, beta), one_tanh_activation(x.z, beta), one_tanh_activation(x.w, beta));
}
fn one_tanh_hessian(x: f32, beta: f32) -> f32 {
  return 4.0 * beta * logistic(2.0 * beta * x) * logistic(-2.0 * beta * x);
}
fn tanh_hessian(x: Real, beta: f32) -> Real {
  return Real(one_tanh_hessian(x.x, beta), one_tanh_hessian(x.y, beta), one_tanh_hessian(x.z, beta), one_tanh_hessian(x.w, beta));
}
fn activation(x: State) -> State {
  let out = fresh();
  var s0_top = Real(softmax_top_from(30.0f, numbers[0u]));
  for (var i = 0u; i < 30u; i++) {
    s0_top = max(s0_top, softmax_top(load(x, i), 30.0f, numbers[0u]));
  }
  var s0_total = Real(0.0);
  for (var i = 0u; i < 30u; i++) {
    s0_total += softmax_total(load(x, i), 30.0f, numbers[0u], s0_top);
  }
  for (var i = 0u; i < 30u; i++) {
    store(out, i, softmax_activation(load(x, i), 30.0f, numbers[0u], s0_top, s0_total));
  }
  for (var i = 30u; i < 41u; i++) {
    store(out, i, tanh_activation(load(x, i), numbers[1u]));
  }
  return out;
}
fn hessian_apply(p: Point, v: State) -> State {
  let out = fresh();
  var s0_top = Real(softmax_top_from(30.0f, numbers[0u]));
  for (var i = 0u; i < 30u; i++) {
    s0_top = max(s0_top, softmax_top(load(p.x, i), 30.0f, numbers[0u]));
  }
  var s0_total = Real(0.0);
  for (var i = 0u; i < 30u; i++) {
    s0_total += softmax_total(load(p.x, i), 30.0f, numbers[0u], s0_top);
  }
  var s0_mean = Real(0.0);
  for (var i = 0u; i < 30u; i++) {
    s0_mean += softmax_apply_mean(load(p.x, i), load(p.g, i), load(v, i), 30.0f, numbers[0u], s0_top, s0_total);
  }
  for (var i = 0u; i < 30u; i++) {
    store(out, i, softmax_hessian_apply(load(p.x, i), load(p.g, i), load(v, i), 30.0f, numbers[0u], s0_top, s0_total, s0_mean));
  }
  for (var i = 30u; i < 41u; i++) {
    store(out, i, tanh_hessian(load(p.x, i), numbers[1u]) * load(v, i));
  }
  return out;
}
fn plus_bias_less(x: State, y: State) -> State {
  let out = fresh();
  for (var i = 0u; i < 41u; i++) {
    store(out, i, load(x, i) + numbers[2u + i] - load(y, i));
  }
  return out;
}
fn weights_apply(x: State) -> State {
  let out = fresh();
  for (var row = 0u; row < 30u; row += 8u) {
    var upper = Quad();
    var lower = Quad();
    for (var column = 0u; column < 11u; column += 4u) {
      let at = row / 4u * 3u + column / 2u;
      let v = load_quad(x, 30u + column, 40u);
      upper += v * matrix_0(at);
      lower += v * matrix_0(at + 1u);
    }
    store_quad(out, 0u + row, 29u, upper);
    store_quad(out, 0u + row + 4u, 29u, lower);
  }
  for (var row = 0u; row < 11u; row += 8u) {
    var upper = Quad();
    var lower = Quad();
    for (var column = 0u; column < 30u; column += 4u) {
      let at = row / 4u * 8u + column / 2u;
      let v = load_quad(x, 0u + column, 29u);
      upper += v * matrix_1(at);
      lower += v * matrix_1(at + 1u);
    }
    store_quad(out, 30u + row, 40u, upper);
    store_quad(out, 30u + row + 4u, 40u, lower);
  }
  for (var row = 0u; row < 3u; row += 8u) {
    var upper = Quad();
    var lower = Quad();
    for (var column = 0u; column < 41u; column += 4u) {
      let at = row / 4u * 11u + column / 2u;
      let v = load_quad(x, 0u + column, 40u);
      upper += v * matrix_2(at);
      lower += v * matrix_2(at + 1u);
    }
    upper *= numbers[43u];
    lower *= numbers[43u];
    for (var column = 0u; column < 41u; column += 4u) {
      let at = row / 4u * 11u + column / 2u;
      add_quad(out, column, 40u, upper * transpose(matrix_2(at)) + lower * transpose(matrix_2(at + 1u)));
    }
  }
  return out;
}
fn weights_transposed_apply(x: State) -> State {
  let out = fresh();
  for (var column = 0u; column < 11u; column += 8u) {
    var upper = Quad();
    var lower = Quad();
    for (var row = 0u; row < 30u; row += 8u) {
      let at = row / 4u * 3u + column / 2u;
      let v = load_quad(x, 0u + row, 29u);
      let w = load_quad(x, min(0u + row + 4u, 29u), 29u);
      upper += v * transpose(matrix_0(at)) + w * transpose(matrix_0(at + 1u));
      lower += v * transpose(matrix_0(at + 2u)) + w * transpose(matrix_0(at + 3u));
    }
    store_quad(out, 30u + column, 40u, upper);
    store_quad(out, 30u + column + 4u, 40u, lower);
  }
  for (var column = 0u; column < 30u; column += 8u) {
    var upper = Quad();
    var lower = Quad();
    for (var row = 0u; row < 11u; row += 8u) {
      let at = row / 4u * 8u + column / 2u;
      let v = load_quad(x, 30u + row, 40u);
      let w = load_quad(x, min(30u + row + 4u, 40u), 40u);
      upper += v * transpose(matrix_1(at)) + w * transpose(matrix_1(at + 1u));
      lower += v * transpose(matrix_1(at + 2u)) + w * transpose(matrix_1(at + 3u));
    }
    store_quad(out, 0u + column, 29u, upper);
    store_quad(out, 0u + column + 4u, 29u, lower);
  }
  for (var row = 0u; row < 3u; row += 8u) {
    var upper = Quad();
    var lower = Quad();
    for (var column = 0u; column < 41u; column += 4u) {
      let at = row / 4u * 11u + column / 2u;
      let v = load_quad(x, 0u + column, 40u);
      upper += v * matrix_2(at);
      lower += v * matrix_2(at + 1u);
    }
    upper *= numbers[45u];
    lower *= numbers[45u];
    for (var column = 0u; column < 41u; column += 4u) {
      let at = row / 4u * 11u + column / 2u;
      add_quad(out, column, 40u, upper * transpose(matrix_2(at)) + lower * transpose(matrix_2(at + 1u)));
    }
  }
  return out;
}
fn energy(p: Point) -> Real {
  var e = Real();



  e += numbers[48u] * energy_3(p);

  return e;
}
fn m_apply(p: Point, v: State) -> State {
  var m = scale(numbers[48u], m_3(p, v));
  return m;
}
@group(1) @binding(2) var<storage, read> points: array<f32>;
fn state_at(column: Index, row: Index) -> State {
  let first = column * N;
  let out = fresh();
  for (var i = 0u; i < 41u; i++) {
    store(out, i, Real(points[first.x + i], points[first.y + i], points[first.z + i], points[first.w + i]));
  }
  return out;
}
fn evaluate(y: State, at: Index) {
  let p = prepare(y);
  let v = r_apply(p, p.r);
  put(0u, at, energy(p));
  let value_1 = v;
  for (var i = 0u; i < 41u; i++) {
    put(1u + i, at, load(value_1, i));
  }
}
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let lane = id.x + id.y * FOLD;
  if (lane >= tile.lanes) {
    return;
  }
  begin(lane);
  let at = min(lane + tile.lanes * Index(0u, 1u, 2u, 3u), Index(tile.columns * tile.rows - 1u));
  evaluate(state_at(tile.column + at % tile.columns, tile.row + at / tile.columns), at);
}
alias Real = vec4f;
alias Index = vec4u;
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
fn put(plane: u32, at: Index, value: Real) {
  let to = plane * (tile.columns * tile.rows) + at;
  output[to.x] = value.x;
  output[to.y] = value.y;
  output[to.z] = value.z;
  output[to.w] = value.w;
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
fn dot_state(a: State, b: State) -> Real {
  var sum = Real();
  for (var i = 0u; i < N; i++) {
    sum += load(a, i) * load(b, i);
  }
  return sum;
}
alias Quad = mat4x4f;
fn load_quad(s: State, i: u32, last: u32) -> Quad {
  return Quad(load(s, i), load(s, min(i + 1u, last)), load(s, min(i + 2u, last)), load(s, min(i + 3u, last)));
}
fn store_quad(s: State, i: u32, last: u32, q: Quad) {
  if (i <= last) {
    store(s, i, q[0]);
  }
  if (i + 1u <= last) {
    store(s, i + 1u, q[1]);
  }
  if (i + 2u <= last) {
    store(s, i + 2u, q[2]);
  }
  if (i + 3u <= last) {
    store(s, i + 3u, q[3]);
  }
}
fn add_quad(s: State, i: u32, last: u32, q: Quad) {
  if (i <= last) {
    store(s, i, load(s, i) + q[0]);
  }
  if (i + 1u <= last) {
    store(s, i + 1u, load(s, i + 1u) + q[1]);
  }
  if (i + 2u <= last) {
    store(s, i + 2u, load(s, i + 2u) + q[2]);
  }
  if (i + 3u <= last) {
    store(s, i + 3u, load(s, i + 3u) + q[3]);
  }
}
struct Point {
  y: State,       // the state
  x: State,       // the argument of g, here y
  g: State,       // g(x)
  product: State, // W g
  r: State,       // the residual
}
fn prepare(y: State) -> Point {
  let g = activation(y);
  let product = weights_apply(g);
  return Point(y, y, g, product, plus_bias_less(product, y));
}
fn energy_3(p: Point) -> Real {
  return 0.5 * dot_state(p.r, p.r);
}
fn m_3(p: Point, v: State) -> State {
  return sub(v, hessian_apply(p, weights_transposed_apply(v)));
}
fn r_apply(p: Point, v: State) -> State {
  return m_apply(p, v);
}
const POWER_BIAS = 12583039.0;
fn power_of_two(k: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(k + POWER_BIAS) << 23u);
}
fn decay_less_one(a: f32) -> f32 {
  let t = -2.8853900817779268 * min(a, 40.0);
  let k = round(t);
  let f = t - k;
  let high = (0.00015461385 * f + 0.0013387563) * f + 0.009618066;
  let p = f * (((high * f + 0.05550367) * f + 0.2402265) * f + 0.6931472);
  let s = power_of_two(k);
  return s * p + (s - 1.0);
}
fn stable_tanh(x: f32) -> f32 {
  let d = decay_less_one(abs(x));
  let t = d / (2.0 + d);
  return select(t, -t, x > 0.0);
}
fn logistic(x: f32) -> f32 {
  let e = exp_minus_abs(x);
  let smaller = e / (1.0 + e);
  return select(smaller, 1.0 - smaller, x > 0.0);
}
fn exp_minus_abs(x: f32) -> f32 {
  return exp(-min(abs(x), 100.0));
}
@group(0) @binding(0) var<storage, read> numbers: array<f32>;

@group(0) @binding(1) var<storage, read> tiles_1: array<mat4x4f>;

fn matrix_0(at: u32) -> mat4x4f {
  return tiles_1[0u + at];
}

fn matrix_1(at: u32) -> mat4x4f {
  return tiles_1[24u + at];
}

fn matrix_2(at: u32) -> mat4x4f {
  return tiles_1[56u + at];
}
