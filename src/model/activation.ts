/**
 * THE TABLE of activations (equations.md section 2). One row is everything memscape knows about an
 * activation: parameters and their domains, the Lagrange function L, g = grad L and H = Hess L twice (WGSL
 * text for the kernels, f64 functions for the oracle and the CPU backend), where it is dead, the sup of H.
 * Kernels, f64 lifts, model-file checks, docs, demo menus and the property suite all read this table, so a
 * new activation is one new row and nothing else.
 *
 * The WGSL and the f64 forms are written separately on purpose: an oracle generated from the kernel would
 * prove nothing.
 */
import type { Elementwise64, Layer64, Library64 } from './twin.js';

export type { Elementwise64, Layer64, Library64 } from './twin.js';

/** A parameter of an activation; it has no unit. */
export interface Parameter {
  /** What a model file gets that does not give it. */
  readonly default: number;
  /** Whether a finite number lies in the domain. */
  readonly accepts: (value: number) => boolean;
  /** The domain in words, e.g. `beta > 0`. */
  readonly domain: string;
}

/** The parameters of a row by name; the names are those of WGSL expressions and model files. */
export type ParameterTable = Readonly<Record<string, Parameter>>;
/** A number for each parameter. */
export type ParameterValues<P extends ParameterTable> = { readonly [K in keyof P]: number };

/** |lambda| at or below this counts as an eigenvalue 0 of H (equations.md section 3). */
export const DEAD_EIGENVALUE = 1e-6;

/**
 * One step over a layer in WGSL: `sum` and `max` reduce the expression `of` over the neurons (`max` starts at
 * `from`), `let` derives a value from the steps before it. Visible in `of`: x (this neuron), g (its
 * activation) and v (its component of the vector) where they exist, `size` (f32), the parameters, and all
 * earlier steps.
 */
export interface Step {
  readonly name: string;
  readonly how: 'sum' | 'max' | 'let';
  readonly of: string;
  readonly from?: string;
}

/** What every row has, whether its neurons act on each other or not. */
export interface BaseRow<P extends ParameterTable> {
  readonly parameters: P;
  /** Largest eigenvalue of H over all states, Infinity where there is none. */
  readonly supHessian: (values: ParameterValues<P>) => number;
  /** Whether H >= 0 everywhere (eq. 3). */
  readonly convex: (values: ParameterValues<P>) => boolean;
  /** Where a neuron (or a direction) is dead, in words, as in the table. */
  readonly dead: string;
  /** Directions of a layer that are dead in every state; 0 where absent. */
  readonly alwaysDead?: number;
  /** Where the activation is defined, for the docs. */
  readonly source: string;
}

/** An activation of one neuron: g_i depends on x_i alone and H is diagonal. */
export interface ElementwiseRow<P extends ParameterTable> extends BaseRow<P> {
  /** Expressions in x and the parameters; every function they call is in shaders/numerics. */
  readonly wgsl: {
    readonly lagrangian: string;
    readonly activation: string;
    readonly hessian: string;
    /**
     * Optional split l = plain + scale log(factor) with 1 <= factor <= 2, so that a layer takes one logarithm
     * for up to 16 neurons: sum of logs = log of the product (performance.md 2.1).
     */
    readonly logarithm?: { readonly plain: string; readonly factor: string; readonly scale: string };
  };
  /**
   * The same functions in f64, written on their own: they are the kernels' oracle. Special functions come in as
   * `library`, so that a page that only runs kernels does not load them.
   */
  readonly f64: (values: ParameterValues<P>, library: Library64) => Elementwise64;
  /** Points where H jumps. */
  readonly kinks: (values: ParameterValues<P>) => readonly number[];
  /**
   * Lipschitz constant of h between its kinks, from which balls follow in which the flow contracts or Newton converges;
   * Infinity or absent where none is known: nothing is proved there.
   */
  readonly hessianSlope?: (values: ParameterValues<P>) => number;
  /** Whether g is linear between its kinks, which makes a census of all fixed points possible; absent: never. */
  readonly piecewiseLinear?: (values: ParameterValues<P>) => boolean;
}

/** An activation of a whole layer (softmax, norms): H couples its neurons. */
export interface BlockwiseRow<P extends ParameterTable> extends BaseRow<P> {
  /** Expressions for neuron i in x, the parameters and the steps before them. */
  readonly wgsl: {
    readonly steps: readonly Step[];
    readonly lagrangian: string;
    readonly activation: string;
    /** H v; its steps also see g and v. */
    readonly hessianApply: { readonly steps: readonly Step[]; readonly of: string };
    readonly hessianDiagonal: string;
    readonly deadCount: { readonly steps: readonly Step[]; readonly of: string };
  };
  /** The same functions in f64, written on their own: they are the kernels' oracle. */
  readonly f64: (values: ParameterValues<P>, library: Library64) => Layer64;
}

/** A row of the table: everything memscape knows about an activation. */
export type Activation =
  | ({ readonly kind: 'elementwise' } & ElementwiseRow<ParameterTable>)
  | ({ readonly kind: 'blockwise' } & BlockwiseRow<ParameterTable>);

// A row is written against its own parameter names and stored against all: the values are checked on reading.
function elementwise<P extends ParameterTable>(row: ElementwiseRow<P>): Activation {
  return { kind: 'elementwise', ...row } as unknown as Activation;
}

function blockwise<P extends ParameterTable>(row: BlockwiseRow<P>): Activation {
  return { kind: 'blockwise', ...row } as unknown as Activation;
}

const positive = (name: string, value: number): Parameter => ({
  default: value,
  accepts: (x) => x > 0,
  domain: `${name} > 0`,
});
const atLeast = (name: string, bound: number, value: number): Parameter => ({
  default: value,
  accepts: (x) => x >= bound,
  domain: `${name} >= ${String(bound)}`,
});

const always = () => true;
const never = () => false;
const smooth = () => [];
const step = (condition: boolean) => (condition ? 1 : 0);
const SELU_SCALE = 1.0507009873554805;
const SELU_A = 1.6732632423543772;
/** max of erf(s) + 2 s exp(-s^2)/sqrt(pi), reached at s = 1: the tight bound of the SMU's h. */
const SMU_PEAK = 0.8427007929497149 + 2 / (Math.E * Math.sqrt(Math.PI));

const table = {
  identity: elementwise({
    parameters: {},
    wgsl: { lagrangian: '0.5 * x * x', activation: 'x', hessian: '1.0' },
    f64: () => ({
      lagrangian: (x) => (x * x) / 2,
      activation: (x) => x,
      hessian: () => 1,
      inverseIntegral: (x) => (x * x) / 2,
    }),
    supHessian: () => 1,
    convex: always,
    kinks: smooth,
    hessianSlope: () => 0,
    piecewiseLinear: always,
    dead: 'never',
    source: 'linear neurons',
  }),
  relu: elementwise({
    parameters: {},
    wgsl: {
      lagrangian: '0.5 * max(x, 0.0) * max(x, 0.0)',
      activation: 'max(x, 0.0)',
      hessian: 'select(0.0, 1.0, x > 0.0)',
    },
    f64: () => ({
      lagrangian: (x) => (x > 0 ? (x * x) / 2 : 0),
      activation: (x) => (x > 0 ? x : 0),
      hessian: (x) => step(x > 0),
    }),
    supHessian: () => 1,
    convex: always,
    kinks: () => [0],
    hessianSlope: () => 0,
    piecewiseLinear: always,
    dead: 'x <= 0',
    source: 'Fanaskov & Oseledets 2025, section 3',
  }),
  'leaky-relu': elementwise({
    parameters: { a: atLeast('a', 0, 0.01) },
    wgsl: {
      lagrangian: '0.5 * x * x * select(a, 1.0, x > 0.0)',
      activation: 'x * select(a, 1.0, x > 0.0)',
      hessian: 'select(a, 1.0, x > 0.0)',
    },
    f64: ({ a }) => ({
      lagrangian: (x) => ((x > 0 ? 1 : a) * x * x) / 2,
      activation: (x) => (x > 0 ? x : a * x),
      hessian: (x) => (x > 0 ? 1 : a),
      ...(a > 0 ? { inverseIntegral: (x: number) => (x > 0 ? (x * x) / 2 : (x * x) / (2 * a)) } : {}),
    }),
    supHessian: ({ a }) => Math.max(1, a),
    convex: always,
    kinks: () => [0],
    hessianSlope: () => 0,
    piecewiseLinear: always,
    dead: 'x <= 0 if a = 0, else never',
    source: 'Maas, Hannun, Ng 2013',
  }),
  power: elementwise({
    parameters: { n: atLeast('n', 2, 2) },
    wgsl: {
      lagrangian: 'real_power(max(x, 0.0), n) / n',
      activation: 'real_power(max(x, 0.0), n - 1.0)',
      hessian: 'select(0.0, (n - 1.0) * real_power(max(x, 0.0), n - 2.0), x > 0.0)',
    },
    f64: ({ n }) => ({
      lagrangian: (x) => (x > 0 ? x ** n / n : 0),
      activation: (x) => (x > 0 ? x ** (n - 1) : 0),
      hessian: (x) => (x > 0 ? (n - 1) * x ** (n - 2) : 0),
    }),
    supHessian: ({ n }) => (n === 2 ? 1 : Infinity),
    convex: always,
    kinks: ({ n }) => (n === 2 ? [0] : []),
    hessianSlope: ({ n }) => (n === 2 ? 0 : n === 3 ? 2 : Infinity),
    piecewiseLinear: ({ n }) => n === 2,
    dead: 'x <= 0',
    source: 'Krotov & Hopfield 2016 (dense associative memory)',
  }),
  sigmoid: elementwise({
    parameters: { beta: positive('beta', 1) },
    wgsl: {
      lagrangian: 'softplus(beta * x) / beta',
      activation: 'logistic(beta * x)',
      hessian: 'beta * logistic(beta * x) * logistic(-beta * x)',
      logarithm: { plain: 'max(x, 0.0)', factor: '1.0 + exp_minus_abs(beta * x)', scale: '1.0 / beta' },
    },
    f64: ({ beta }, { logistic, logisticSlope, softplus, xlogx }) => ({
      lagrangian: (x) => softplus(beta * x) / beta,
      activation: (x) => logistic(beta * x),
      hessian: (x) => beta * logisticSlope(beta * x),
      inverseIntegral: (x) => (xlogx(x) + xlogx(1 - x)) / beta,
    }),
    supHessian: ({ beta }) => beta / 4,
    convex: always,
    kinks: smooth,
    hessianSlope: ({ beta }) => (beta * beta * Math.sqrt(3)) / 18,
    dead: 'in saturation',
    source: 'Example 3',
  }),
  tanh: elementwise({
    parameters: { beta: positive('beta', 1) },
    wgsl: {
      lagrangian: 'log_cosh(beta * x) / beta',
      activation: 'stable_tanh(beta * x)',
      hessian: '4.0 * beta * logistic(2.0 * beta * x) * logistic(-2.0 * beta * x)',
      logarithm: {
        plain: 'abs(x) - 0.6931471805599453 / beta',
        factor: '2.0 + decay_less_one(abs(beta * x))',
        scale: '1.0 / beta',
      },
    },
    f64: ({ beta }, { logCosh, logisticSlope, xlogx }) => ({
      lagrangian: (x) => logCosh(beta * x) / beta,
      activation: (x) => Math.tanh(beta * x),
      hessian: (x) => 4 * beta * logisticSlope(2 * beta * x),
      inverseIntegral: (x) => (xlogx(1 + x) + xlogx(1 - x)) / (2 * beta),
    }),
    supHessian: ({ beta }) => beta,
    convex: always,
    kinks: smooth,
    hessianSlope: ({ beta }) => (beta * beta * 4) / (3 * Math.sqrt(3)),
    dead: 'in saturation',
    source: 'Hopfield 1984',
  }),
  arctan: elementwise({
    parameters: { beta: positive('beta', 1) },
    wgsl: {
      lagrangian: 'atan_moment(1.5707963267948966 * beta * x) / (2.4674011002723395 * beta)',
      activation: '0.6366197723675814 * stable_atan(1.5707963267948966 * beta * x)',
      hessian: 'beta * inverse_one_plus_square(1.5707963267948966 * beta * x)',
    },
    f64: ({ beta }, { atanMoment }) => {
      const c = (Math.PI * beta) / 2;
      return {
        lagrangian: (x) => ((2 / Math.PI) * atanMoment(c * x)) / c,
        activation: (x) => (2 / Math.PI) * Math.atan(c * x),
        hessian: (x) => beta / (1 + c * x * (c * x)),
        inverseIntegral: (x) => (-2 / (Math.PI * c)) * Math.log(Math.cos((Math.PI * x) / 2)),
      };
    },
    supHessian: ({ beta }) => beta,
    convex: always,
    kinks: smooth,
    hessianSlope: ({ beta }) => (Math.PI * beta * beta * 3 * Math.sqrt(3)) / 16,
    dead: 'in saturation',
    source: 'Hopfield 1984, the gain curve of its figure 3',
  }),
  'hard-tanh': elementwise({
    parameters: {},
    wgsl: {
      lagrangian: 'select(abs(x) - 0.5, 0.5 * x * x, abs(x) < 1.0)',
      activation: 'clamp(x, -1.0, 1.0)',
      hessian: 'select(0.0, 1.0, abs(x) < 1.0)',
    },
    f64: () => ({
      lagrangian: (x) => (Math.abs(x) < 1 ? (x * x) / 2 : Math.abs(x) - 0.5),
      activation: (x) => Math.min(1, Math.max(-1, x)),
      hessian: (x) => step(Math.abs(x) < 1),
    }),
    supHessian: () => 1,
    convex: always,
    kinks: () => [-1, 1],
    hessianSlope: () => 0,
    piecewiseLinear: always,
    dead: '|x| >= 1',
    source: 'Li, Michel, Porod 1989 (brain-state-in-a-box saturation)',
  }),
  shrink: elementwise({
    parameters: { t: atLeast('t', 0, 1) },
    wgsl: {
      lagrangian: '0.5 * max(abs(x) - t, 0.0) * max(abs(x) - t, 0.0)',
      activation: 'sign(x) * max(abs(x) - t, 0.0)',
      hessian: 'select(0.0, 1.0, abs(x) > t)',
    },
    f64: ({ t }) => ({
      lagrangian: (x) => Math.max(Math.abs(x) - t, 0) ** 2 / 2,
      activation: (x) => Math.sign(x) * Math.max(Math.abs(x) - t, 0),
      hessian: (x) => step(Math.abs(x) > t),
    }),
    supHessian: () => 1,
    convex: always,
    kinks: ({ t }) => [-t, t],
    hessianSlope: () => 0,
    piecewiseLinear: always,
    dead: '|x| <= t, a compact interval',
    source: 'Fig. 2b; soft threshold',
  }),
  softplus: elementwise({
    parameters: {},
    wgsl: { lagrangian: '-dilog_neg_exp(x)', activation: 'softplus(x)', hessian: 'logistic(x)' },
    f64: (_, { dilogNegExp, logistic, softplus }) => ({
      lagrangian: (x) => -dilogNegExp(x),
      activation: softplus,
      hessian: logistic,
      // y = log(e^x - 1) and Li2(e^-x) = -Li2 pieces: integral_0^x log(e^s - 1) ds = x^2/2 - pi^2/6 + Li2(e^{-x}).
      inverseIntegral: (x) => {
        const a = Math.exp(-x);
        // Landen: Li2(a) = -Li2(-a/(1-a)) - log(1-a)^2/2, with a/(1-a) = e^{-log(e^x - 1)}.
        const logarithm = Math.log(-Math.expm1(-x));
        const li2 =
          a >= 1 ? (Math.PI * Math.PI) / 6 : -dilogNegExp(-x - logarithm) - (logarithm * logarithm) / 2;
        return (x * x) / 2 - (Math.PI * Math.PI) / 6 + li2;
      },
    }),
    supHessian: () => 1,
    convex: always,
    kinks: smooth,
    hessianSlope: () => 1 / 4,
    dead: 'x -> -inf',
    source: 'Dugas et al. 2001',
  }),
  elu: elementwise({
    parameters: { a: atLeast('a', 0, 1) },
    wgsl: {
      lagrangian: 'select(a * (expm1(min(x, 0.0)) - x), 0.5 * x * x, x > 0.0)',
      activation: 'select(a * expm1(min(x, 0.0)), x, x > 0.0)',
      hessian: 'select(a * exp(min(x, 0.0)), 1.0, x > 0.0)',
    },
    f64: ({ a }, { exponentialLinear }) => exponentialLinear(1, a),
    supHessian: ({ a }) => Math.max(1, a),
    convex: always,
    kinks: ({ a }) => (a === 1 ? [] : [0]),
    hessianSlope: ({ a }) => a,
    piecewiseLinear: ({ a }) => a === 0,
    dead: 'x -> -inf',
    source: 'Clevert, Unterthiner, Hochreiter 2016',
  }),
  selu: elementwise({
    parameters: {},
    wgsl: {
      lagrangian:
        'select(1.7580993408473766 * (expm1(min(x, 0.0)) - x), 0.52535049367774025 * x * x, x > 0.0)',
      activation: 'select(1.7580993408473766 * expm1(min(x, 0.0)), 1.0507009873554805 * x, x > 0.0)',
      hessian: 'select(1.7580993408473766 * exp(min(x, 0.0)), 1.0507009873554805, x > 0.0)',
    },
    f64: (_, { exponentialLinear }) => exponentialLinear(SELU_SCALE, SELU_A),
    supHessian: () => SELU_SCALE * SELU_A,
    convex: always,
    kinks: () => [0],
    hessianSlope: () => SELU_SCALE * SELU_A,
    dead: 'x -> -inf',
    source: 'Klambauer et al. 2017',
  }),
  gelu: elementwise({
    parameters: {},
    wgsl: {
      lagrangian: 'gelu_moment(x)',
      activation: 'x * normal_cdf(x)',
      hessian: 'normal_cdf(x) + x * normal_pdf(x)',
    },
    f64: (_, { geluMoment, normalCdf, normalPdf }) => ({
      lagrangian: geluMoment,
      activation: (x) => x * normalCdf(x),
      hessian: (x) => normalCdf(x) + x * normalPdf(x),
    }),
    supHessian: () => Infinity,
    convex: never,
    kinks: smooth,
    hessianSlope: () => 2 / Math.sqrt(2 * Math.PI),
    dead: 'x -> -inf',
    source: 'Hendrycks & Gimpel 2016',
  }),
  silu: elementwise({
    parameters: {},
    wgsl: {
      lagrangian: 'silu_moment(x)',
      activation: 'x * logistic(x)',
      hessian: 'logistic(x) * (1.0 + x * logistic(-x))',
    },
    f64: (_, { logistic, siluMoment }) => ({
      lagrangian: siluMoment,
      activation: (x) => x * logistic(x),
      hessian: (x) => logistic(x) * (1 + x * logistic(-x)),
    }),
    supHessian: () => Infinity,
    convex: never,
    kinks: smooth,
    hessianSlope: () => 1 / 2,
    dead: 'x -> -inf',
    source: 'Elfwing, Uchibe, Doya 2018',
  }),
  gaussian: elementwise({
    parameters: {},
    wgsl: {
      lagrangian: '0.886226925452758 * erf(x)',
      activation: 'gauss(x)',
      hessian: '-2.0 * x * gauss(x)',
    },
    f64: (_, { erf }) => ({
      lagrangian: (x) => (Math.sqrt(Math.PI) / 2) * erf(x),
      activation: (x) => Math.exp(-x * x),
      hessian: (x) => (Math.abs(x) > 40 ? 0 : -2 * x * Math.exp(-x * x)),
    }),
    supHessian: () => Infinity,
    convex: never,
    kinks: smooth,
    hessianSlope: () => 2,
    dead: '|x| -> inf',
    source: 'radial basis neurons',
  }),
  smu: elementwise({
    parameters: {
      a: { default: 0.25, accepts: (a) => a >= 0 && a < 1, domain: '0 <= a < 1' },
      mu: positive('mu', 1),
    },
    wgsl: {
      lagrangian: '0.25 * (1.0 + a) * x * x + 0.5 / (mu * mu * (1.0 - a)) * erf_moment(mu * (1.0 - a) * x)',
      activation: '0.5 * x * ((1.0 + a) + (1.0 - a) * erf(mu * (1.0 - a) * x))',
      hessian:
        '0.5 * ((1.0 + a) + (1.0 - a) * (erf(mu * (1.0 - a) * x) + 1.1283791670955126 * mu * (1.0 - a) * x * gauss(mu * (1.0 - a) * x)))',
    },
    f64: ({ a, mu }, { erfMoment, erf }) => {
      const c = mu * (1 - a);
      return {
        lagrangian: (x) => ((1 + a) * x * x) / 4 + ((1 - a) / (2 * c * c)) * erfMoment(c * x),
        activation: (x) => ((1 + a) * x + (1 - a) * x * erf(c * x)) / 2,
        hessian: (x) => {
          const s = c * x;
          const bump = Math.abs(s) > 40 ? 0 : (2 / Math.sqrt(Math.PI)) * s * Math.exp(-s * s);
          return (1 + a + (1 - a) * (erf(s) + bump)) / 2;
        },
      };
    },
    supHessian: ({ a }) => (1 + a + (1 - a) * SMU_PEAK) / 2,
    convex: ({ a }) => 1 + a - (1 - a) * SMU_PEAK >= 0,
    kinks: smooth,
    hessianSlope: ({ a, mu }) => (2 * mu * (1 - a) ** 2) / Math.sqrt(Math.PI),
    dead: 'x -> -inf if a = 0, else never',
    source: 'Biswas et al. 2022; Example 7',
  }),
  softmax: blockwise({
    parameters: { beta: positive('beta', 1) },
    wgsl: {
      steps: [
        { name: 'top', how: 'max', of: 'x', from: '-3.4e38' },
        { name: 'total', how: 'sum', of: 'exp(beta * (x - top))' },
      ],
      lagrangian: 'top + log1p(total - 1.0) / beta',
      activation: 'exp(beta * (x - top)) / total',
      hessianApply: { steps: [{ name: 'mean', how: 'sum', of: 'g * v' }], of: 'beta * g * (v - mean)' },
      hessianDiagonal: 'beta * g * (1.0 - g)',
      // Inertia of beta (diag g - g g^T) - mu I: neurons below mu, and one more (the shift) while
      // S = sum g/(beta g - mu) > 0, by the sign of the Schur complement.
      deadCount: {
        steps: [
          { name: 'below', how: 'sum', of: 'select(0.0, 1.0, beta * g < 1e-6)' },
          { name: 'schur', how: 'sum', of: 'g / (beta * g - 1e-6)' },
        ],
        of: 'below + select(0.0, 1.0, schur > 0.0)',
      },
    },
    f64: ({ beta }, { softmax64 }) => softmax64(beta),
    supHessian: ({ beta }) => beta / 2,
    convex: always,
    dead: 'the shift 1, always',
    alwaysDead: 1,
    source: 'Krotov & Hopfield 2021; Ramsauer et al. 2021',
  }),
  'layer-norm': blockwise({
    parameters: { eps: positive('eps', 1e-5) },
    wgsl: {
      // The mean is taken twice: what rounding left over in the first would shift every neuron by more than sd
      // where all are nearly equal. The scale is that of the centred values, so neither square can vanish.
      steps: [
        { name: 'centre', how: 'sum', of: 'x / size' },
        { name: 'drift', how: 'sum', of: '(x - centre) / size' },
        { name: 'scale', how: 'max', of: 'abs(x - centre - drift)', from: 'sqrt(eps)' },
        { name: 'spread', how: 'sum', of: '((x - centre - drift) / scale) * ((x - centre - drift) / scale)' },
        { name: 'sd', how: 'let', of: 'scale * sqrt(spread / size + eps / scale / scale)' },
      ],
      lagrangian: 'size * sd',
      activation: '(x - centre - drift) / sd',
      hessianApply: {
        steps: [
          { name: 'level', how: 'sum', of: 'v / size' },
          { name: 'along', how: 'sum', of: 'g * v / size' },
        ],
        of: '(v - level - g * along) / sd',
      },
      hessianDiagonal: '(1.0 - (1.0 + g * g) / size) / sd',
      // Spectrum: 0 (shift), 1/sd (size - 2 times), eps/sd^3 (along x - mean).
      deadCount: {
        steps: [],
        of: '1.0 + select(0.0, 1.0, size > 1.0 && eps / sd / sd / sd <= 1e-6) + select(0.0, size - 2.0, size > 2.0 && 1.0 / sd <= 1e-6)',
      },
    },
    f64: ({ eps }, { layerNorm64 }) => layerNorm64(eps),
    supHessian: ({ eps }) => 1 / Math.sqrt(eps),
    convex: always,
    dead: 'the shift 1, always; x - mean as eps -> 0',
    alwaysDead: 1,
    source: 'Tang & Kopp 2021',
  }),
  spherical: blockwise({
    parameters: { eps: positive('eps', 1e-5) },
    wgsl: {
      steps: [
        { name: 'scale', how: 'max', of: 'abs(x)', from: 'sqrt(eps)' },
        { name: 'total', how: 'sum', of: '(x / scale) * (x / scale)' },
        { name: 'norm', how: 'let', of: 'scale * sqrt(total + eps / scale / scale)' },
      ],
      lagrangian: 'norm',
      activation: 'x / norm',
      hessianApply: { steps: [{ name: 'along', how: 'sum', of: 'g * v' }], of: '(v - g * along) / norm' },
      hessianDiagonal: '(1.0 - g * g) / norm',
      // Spectrum: 1/norm (size - 1 times), eps/norm^3 (along x).
      deadCount: {
        steps: [],
        of: 'select(0.0, 1.0, eps / norm / norm / norm <= 1e-6) + select(0.0, size - 1.0, 1.0 / norm <= 1e-6)',
      },
    },
    f64: ({ eps }, { spherical64 }) => spherical64(eps),
    supHessian: ({ eps }) => 1 / Math.sqrt(eps),
    convex: always,
    dead: 'x itself as eps -> 0',
    source: 'Krotov & Hopfield 2021 (spherical memory)',
  }),
} satisfies Record<string, Activation>;

const rows = new Map<string, Activation>(Object.entries(table));

/** The names of all rows, in the table's order. */
export function activationNames(): string[] {
  return [...rows.keys()];
}

/** The row called `name`, or undefined. */
export function findActivation(name: string): Activation | undefined {
  return rows.get(name);
}

/** The row called `name`; misuse throws. */
export function activationRow(name: string): Activation {
  const row = rows.get(name);
  if (row === undefined) throw new RangeError(`no activation is called '${name}'`);
  return row;
}

/**
 * Adds a row at run time (an experiment, a test): kernels, twins, model files and docs see it at once.
 * Returns a function that takes it out again. The name must be new and of lower-case letters, digits and `-`.
 */
export function registerActivation(name: string, row: Activation): () => void {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new RangeError(`'${name}' is not a name of an activation`);
  if (rows.has(name)) throw new RangeError(`there is an activation called '${name}' already`);
  rows.set(name, row);
  return () => {
    rows.delete(name);
  };
}
