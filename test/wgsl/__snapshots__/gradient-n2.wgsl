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
fn coordinate(axis: vec4f, index: Index) -> Real {
  return axis.x + (Real(index) - axis.y) * axis.z;
}
const WORKGROUP = 64u;
const FOLD = 4194240u;
const ROWS = 16u;
alias State = array<f32, 2>;
fn sub(a: State, b: State) -> State {
  return State(a[0] - b[0], a[1] - b[1]);
}
fn scale(c: f32, a: State) -> State {
  return State(c * a[0], c * a[1]);
}
fn add_scaled(a: State, c: f32, b: State) -> State {
  return State(a[0] + c * b[0], a[1] + c * b[1]);
}
fn dot_state(a: State, b: State) -> Real {
  let sum = a[0] * b[0] + a[1] * b[1];
  return sum;
}
fn relu_lagrangian(x: f32) -> f32 {
  return 0.5 * max(x, 0.0) * max(x, 0.0);
}
fn relu_activation(x: f32) -> f32 {
  return max(x, 0.0);
}
fn relu_hessian(x: f32) -> f32 {
  return select(0.0, 1.0, x > 0.0);
}
fn activation(x: State) -> State {
  return State(relu_activation(x[0]), relu_activation(x[1]));
}
fn lagrangian(x: State) -> Real {
  var total = Real();
  let l0 = relu_lagrangian(x[0]) + relu_lagrangian(x[1]);
  total += l0;
  return total;
}
fn hessian_apply(p: Point, v: State) -> State {
  return State(relu_hessian(p.x[0]) * v[0], relu_hessian(p.x[1]) * v[1]);
}
fn less_bias(x: State) -> State {
  return State(x[0] - numbers[0u].x, x[1] - numbers[0u].y);
}
fn plus_bias_less(x: State, y: State) -> State {
  return State(x[0] + numbers[0u].x - y[0], x[1] + numbers[0u].y - y[1]);
}
fn less_bias_dot(x: State, v: State) -> Real {
  let sum = (x[0] - numbers[0u].x) * v[0] + (x[1] - numbers[0u].y) * v[1];
  return sum;
}
fn weights_apply(x: State) -> State {
  return State(numbers[0u].z * x[0] + numbers[0u].w * x[1], numbers[1u].x * x[0] + numbers[1u].y * x[1]);
}
fn weights_transposed_apply(x: State) -> State {
  return weights_apply(x);
}
fn inverse_weights_apply(x: State) -> State {
  return State(numbers[2u].z * x[0] + numbers[2u].w * x[1], numbers[3u].x * x[0] + numbers[3u].y * x[1]);
}
fn energy(p: Point) -> Real {
  var e = Real();

  e += numbers[3u].z * energy_1(p);


  e += numbers[3u].w * energy_2(p);


  e += numbers[4u].x * energy_3(p);

  return e;
}
fn m_apply(p: Point, v: State) -> State {
  var m = scale(numbers[3u].z, m_1(p, v));
  m = add_scaled(m, numbers[3u].w, m_2(p, v));
  m = add_scaled(m, numbers[4u].x, m_3(p, v));
  return m;
}
fn interaction(p: Point) -> Real {

  return dot_state(p.g, p.product);

}
@group(1) @binding(2) var<uniform> frame: array<vec4f, 2>;
struct Walk {
  base: State,
  t: State,
  axis_t: vec4f,
}
fn frame_t() -> State {
  return State(frame[1u].x, frame[1u].y);
}
fn frame_base(s: f32) -> State {
  return State(frame[0u].x + s * frame[0u].z, frame[0u].y + s * frame[0u].w);
}
fn grid_walk(s: f32) -> Walk {
  return Walk(frame_base(s), frame_t(), tile.axis[1]);
}
fn grid_state(walk: Walk, row: u32) -> State {
  let t = coordinate(walk.axis_t, row);
  return State(walk.base[0] + t * walk.t[0], walk.base[1] + t * walk.t[1]);
}
fn evaluate(y: State, at: Index) {
  let p = prepare(y);
  let v = r_apply(p, p.r);
  output[at] = energy(p);
  let value_1 = v;
  put(1u, at, value_1[0]);
  put(2u, at, value_1[1]);
}
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * FOLD;
  let column = index % tile.columns;
  let first = (index / tile.columns) * ROWS;
  if (first >= tile.rows) {
    return;
  }
  let walk = grid_walk(coordinate(tile.axis[0], tile.column + column));
  // No test for the last row here: the host pads a tile to whole walks, so the loop has a constant bound.
  for (var k = 0u; k < ROWS; k++) {
    let row = first + k;
    evaluate(grid_state(walk, tile.row + row), row * tile.columns + column);
  }
}
alias Real = f32;
alias Index = u32;
fn put(plane: u32, at: Index, value: Real) {
  output[plane * (tile.columns * tile.rows) + at] = value;
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
fn energy_1(p: Point) -> Real {
  let d = less_bias(p.y);
  return 0.5 * dot_state(d, inverse_weights_apply(d)) - lagrangian(p.x);
}
fn m_1(p: Point, v: State) -> State {
  return inverse_weights_apply(v);
}
fn energy_2(p: Point) -> Real {
  return less_bias_dot(p.y, p.g) - lagrangian(p.x) - 0.5 * interaction(p);
}
fn m_2(p: Point, v: State) -> State {
  return hessian_apply(p, v);
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
@group(0) @binding(0) var<uniform> numbers: array<vec4f, 5>;
