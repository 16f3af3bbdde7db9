/** Round numbers: ticks, the roundest value of an interval, and how values are written. */

const SUPERSCRIPT: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

function withMinus(text: string): string {
  return text.replace('-', '−');
}

/**
 * A value for people: `significant` digits, trailing zeros dropped, U+2212 as minus, powers of ten outside
 * 10⁻³ to 10⁵.
 */
export function formatNumber(value: number, significant = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const [mantissa, exponent] = value.toExponential(significant - 1).split('e');
  const power = Number(exponent);
  if (power >= -3 && power < 5) return withMinus(String(Number(value.toPrecision(significant))));
  const digits = withMinus(String(Number(mantissa)));
  const raised = String(power).replace(/./g, (sign) => SUPERSCRIPT[sign] ?? sign);
  if (digits === '1') return `10${raised}`;
  return digits === '−1' ? `−10${raised}` : `${digits}×10${raised}`;
}

/** The number of {1, 2, 5} x 10^k that is at least `rough`. */
function niceStep(rough: number): number {
  const power = Math.floor(Math.log10(rough));
  for (const factor of [1, 2, 5, 10]) {
    const step = Number(`${factor}e${power}`);
    if (step >= rough * (1 - 1e-9)) return step;
  }
  return Number(`1e${power + 1}`);
}

export interface Tick {
  readonly value: number;
  readonly text: string;
}

function tickText(value: number, step: number): string {
  const size = Math.abs(value);
  const largest = Math.max(size, step);
  if (largest >= 1e5 || step < 1e-4) {
    const digits = size === 0 ? 1 : Math.ceil(Math.log10(size / step) + 1e-9) + 1;
    return formatNumber(value, Math.min(15, Math.max(1, digits)));
  }
  return withMinus(value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9))));
}

/**
 * Ticks at round numbers inside [low, high].
 * @param wanted upper bound of their number, at least 2
 * @returns ascending; a single tick when the interval is empty or next to empty, none when it is not finite
 */
export function roundTicks(low: number, high: number, wanted: number): Tick[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [];
  const span = high / 2 - low / 2;
  const step = niceStep(span / (Math.max(1, wanted) / 2));
  const largest = Math.max(Math.abs(low), Math.abs(high));
  // Where steps come near the spacing of floating-point numbers, their multiples are no longer round or distinct.
  if (!(step > largest * 1e-13) || !(step > 1e-300) || !Number.isFinite(step)) {
    return [{ value: low, text: formatNumber(low) }];
  }
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const ticks: Tick[] = [];
  for (let i = first; i <= last && ticks.length < 50; i++) {
    const value = Number((i * step).toPrecision(15));
    ticks.push({ value, text: tickText(value === 0 ? 0 : value, step) });
  }
  return ticks;
}

/** The number with the fewest digits in [low, high], near its middle; 0 when the interval holds it. */
export function roundest(low: number, high: number): number {
  const span = high - low;
  const middle = Number.isFinite(span) ? low + span / 2 : low / 2 + high / 2;
  if (!(low < high) || !Number.isFinite(middle)) return low;
  if (low <= 0 && high >= 0) return 0;
  const start = Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high))));
  for (let power = start; power > start - 16; power--) {
    for (const digits of [`1e${power}`, `5e${power - 1}`, `2e${power - 1}`]) {
      const step = Number(digits);
      const value = Number((Math.round(middle / step) * step).toPrecision(15));
      if (value >= low && value <= high) return value;
    }
  }
  return middle;
}
