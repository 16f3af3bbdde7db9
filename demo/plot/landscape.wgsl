// One landscape, drawn straight from the storage buffer that the kernels of memscape wrote: a pixel is a point.
// Canvas pixels count from the upper left, rows of the field from the bottom.
//
// Software adapters pay for every load and every transcendental function, masked branches included: the power of
// the tone curve is in a table, gradients are differences inside a quad, and hatching is a pipeline of its own.

// Whether this landscape has blind regions to hatch, and isolines.
override hatched: bool = false;
override isolines: bool = true;

struct Look {
  // columns and rows of the canvas, which are those of the field; pixels a CSS pixel; points of a plane
  size: vec2f,
  ratio: f32,
  points: f32,
  // low, range, m, gain of plot/tone.ts
  tone: vec4f,
  hatch_colour: vec4f,
  edge_colour: vec4f,
}

// Over a light field warm white is nothing: there the blind is marked in the colour of the word itself.
const LIGHT = 0.72;
const BLIND_INK = vec3f(0.698, 0.2, 0.031);

@group(0) @binding(0) var<uniform> look: Look;
// By the place u on the curve before its power: 1024 packed colours, then 257 tones as bits of f32.
@group(0) @binding(1) var<storage, read> ramp: array<u32>;
// Planes: energy, blind-spot, dead-count.
@group(0) @binding(2) var<storage, read> field: array<f32>;

const INK = vec3f(0.055, 0.055, 0.055);
const COLOURS = 1024u;
const TONES = 256.0;
const LEVELS = 16.0;
const BLIND_GAP = 9.0;
const DEAD_GAP = 13.0;

@vertex
fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  // One triangle that covers the canvas.
  return vec4f(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

fn point_of(pixel: vec2f) -> u32 {
  let inside = clamp(pixel, vec2f(0.5), look.size - 0.5);
  return u32(look.size.y - inside.y) * u32(look.size.x) + u32(inside.x);
}

fn is_blind(pixel: vec2f) -> bool {
  return field[u32(look.points) + point_of(pixel)] > 0.5;
}

// Ink of lines from upper left to lower right, `gap` apart, `half_width` wide to each side.
fn hatch_ink(pixel: vec2f, gap: f32, half_width: f32) -> f32 {
  let period = gap * look.ratio * 1.41421356;
  let across = pixel.x - pixel.y;
  let phase = across - period * floor(across / period);
  return saturate(half_width * look.ratio - abs(phase - period / 2.0) / 1.41421356 + 0.5);
}

// tanh to a thousandth, which is more than eight bits of brightness show.
fn soft_limit(x: f32) -> f32 {
  let z = clamp(x, -3.0, 3.0);
  return z * (27.0 + z * z) / (27.0 + 9.0 * z * z);
}

@fragment
fn paint(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let pixel = position.xy;
  let index = point_of(pixel);
  let x = clamp(field[index] - look.tone.x, 0.0, look.tone.y);
  let m = look.tone.z;
  let u = saturate(look.tone.w * x / (x + m));
  let low = COLOURS + u32(min(u * TONES, TONES - 1.0));
  let t = mix(bitcast<f32>(ramp[low]), bitcast<f32>(ramp[low + 1u]), u * TONES - f32(low - COLOURS));
  let shade = unpack4x8unorm(ramp[u32(u * f32(COLOURS - 1u) + 0.5)]).rgb;

  // dt = 0.9 t/u du and du = u m/(x (x + m)) dx; y counts downwards.
  let slope = 0.9 * t * m / (max(x, 1e-6 * look.tone.y) * (x + m));
  let gradient = slope * vec2f(dpdxFine(x), dpdyFine(x));
  // Relief: light from the upper left, at most 7.5 %, so that flat looks flat.
  var colour = shade * (1.0 + 0.075 * soft_limit(dot(gradient, vec2f(0.8, 0.9)) * look.size.x * 0.5));

  if isolines {
    let steepness = length(gradient);
    let level = round(t * LEVELS);
    let distance = abs(t * LEVELS - level) / (LEVELS * max(steepness, 1e-9) * look.ratio);
    let strength = select(0.30, 0.52, level % 4.0 == 0.0);
    // No line without a slope, or a plateau on a level would fill with ink; the outermost levels are points.
    let drawn = steepness > 2e-6 && level > 0.5 && level < LEVELS - 0.5;
    let ink = select(vec3f(1.0), INK, level >= LEVELS / 2.0);
    colour = mix(colour, ink, select(0.0, strength * saturate(1.15 - distance), drawn));
  }

  if hatched {
    let blind = is_blind(pixel);
    let dead = field[2u * u32(look.points) + index] > 0.5;
    let gap = select(DEAD_GAP, BLIND_GAP, blind);
    let ink = hatch_ink(pixel, gap, select(0.45, 0.8, blind)) * select(select(0.0, 0.2, dead), 0.62, blind);
    let reach = 2.0 * look.ratio;
    let whole = is_blind(pixel + vec2f(reach, 0.0)) && is_blind(pixel + vec2f(0.0, -reach))
      && is_blind(pixel - vec2f(reach, 0.0)) && is_blind(pixel + vec2f(0.0, reach));
    let light = t > LIGHT;
    let stroke = select(select(vec3f(1.0), INK, light), select(look.hatch_colour.rgb, BLIND_INK, light), blind);
    colour = mix(colour, stroke, ink);
    colour = select(colour, select(look.edge_colour.rgb, BLIND_INK, light), blind && !whole);
  }
  return vec4f(colour, 1.0);
}
