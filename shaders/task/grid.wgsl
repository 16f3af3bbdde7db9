// A grid of 1 to 3 axes, y = origin + s axis_0 + t axis_1 + q axis_2. An invocation walks ROWS rows of one
// column: what the rows share is computed once.
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
