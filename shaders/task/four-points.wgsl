// Four points a lane, of a grid or of a list: points lane, lane + lanes, lane + 2 lanes and lane + 3 lanes of the tile,
// so that neighbouring lanes write neighbouring values. Where the tile has no such point the last one stands in.
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
