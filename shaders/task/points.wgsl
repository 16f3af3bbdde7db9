// Free points, [point][N] in storage.
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let index = id.x + id.y * FOLD;
  if (index >= tile.columns) {
    return;
  }
  evaluate(point_state(tile.column + index), index);
}
