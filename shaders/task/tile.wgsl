// One tile of work: the part of the grid (or of the list of points) that this dispatch covers.
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

fn not_a_number() -> f32 {
  return bitcast<f32>(tile.nan_bits);
}

// Cell centres: s_i = lo + (hi - lo)(i + 1/2)/n, written from the middle so that a symmetric box gives
// exactly symmetric coordinates, and from the integer index alone so that every tiling gives the same bits.
fn coordinate(axis: vec4f, index: Index) -> Real {
  return axis.x + (Real(index) - axis.y) * axis.z;
}
