/** The equations of a report, as MathML (which browsers draw and screen readers read) and as text. */

/** A formula in both. */
export interface Formula {
  readonly text: string;
  readonly mathml: string;
}

type Piece = string;
const mi = (name: string): Piece => `<mi>${name}</mi>`;
const mo = (sign: string): Piece => `<mo>${sign}</mo>`;
const mn = (digits: string): Piece => `<mn>${digits}</mn>`;
const row = (...pieces: Piece[]): Piece => `<mrow>${pieces.join('')}</mrow>`;
const sup = (base: Piece, above: Piece): Piece => `<msup>${base}${above}</msup>`;
const sub = (base: Piece, below: Piece): Piece => `<msub>${base}${below}</msub>`;
const fraction = (above: Piece, below: Piece): Piece => `<mfrac>${above}${below}</mfrac>`;
const half = fraction(mn('1'), mn('2'));
const group = (...pieces: Piece[]): Piece => row(mo('('), ...pieces, mo(')'));
const apply = (f: Piece, ...x: Piece[]): Piece => row(f, mo('&#x2061;'), group(...x));

const formula = (text: string, ...pieces: Piece[]): Formula => ({
  text,
  mathml: `<math display="block">${row(...pieces)}</math>`,
});

const [y, u, b, g, r, W, R, L, M, E, I, H] = ['y', 'u', 'b', 'g', 'r', 'W', 'R', 'L', 'M', 'E', 'I', 'H'].map(
  mi,
);
const dotted = (x: Piece) => `<mover>${x}<mo>˙</mo></mover>`;
const z = row(W, u, mo('+'), b);
const square = sup(row(mo('|'), r, mo('|')), mn('2'));

/** The dynamics, by equation. */
export const DYNAMICS: Readonly<Record<number, Formula>> = {
  1: formula(
    'y′ = r(y),  r(y) = W g(y) + b − y',
    dotted(y),
    mo('='),
    apply(r, y),
    mo('='),
    W,
    apply(g, y),
    mo('+'),
    b,
    mo('−'),
    y,
  ),
  9: formula(
    'u′ = R r(u),  r(u) = g(W u + b) − u',
    dotted(u),
    mo('='),
    R,
    apply(r, u),
    mo(','),
    '<mspace width="1em"/>',
    apply(r, u),
    mo('='),
    apply(g, z),
    mo('−'),
    u,
  ),
  13: formula(
    'y′ = R r(y),  r(y) = W g(y) + b − y',
    dotted(y),
    mo('='),
    R,
    apply(r, y),
    mo(','),
    '<mspace width="1em"/>',
    apply(r, y),
    mo('='),
    W,
    apply(g, y),
    mo('+'),
    b,
    mo('−'),
    y,
  ),
};

const four = row(group(y, mo('−'), b), mo('·'), g, mo('−'), apply(L, y), mo('−'), half, g, mo('·'), W, g);
const e4 = sub(E, mn('4'));
const coefficient = (letter: string, k: number) => sub(mi(letter), mn(String(k)));

/** The energies, by equation. */
export const ENERGIES: Readonly<Record<number, Formula>> = {
  4: formula('E4(y) = (y − b)·g − L(y) − ½ g·W g', apply(e4, y), mo('='), four),
  5: formula(
    'E5(g) = Σ ∫₀^{g_i} g_i⁻¹(s) ds − ½ g·W g − b·g  (E4 and a constant)',
    apply(sub(E, mn('5')), g),
    mo('='),
    `<munder><mo>∑</mo><mi>i</mi></munder>`,
    `<msubsup><mo>∫</mo><mn>0</mn>${sub(g, mi('i'))}</msubsup>`,
    `<msubsup><mi>g</mi><mi>i</mi><mrow><mo>−</mo><mn>1</mn></mrow></msubsup>`,
    group(mi('s')),
    mi('d'),
    mi('s'),
    mo('−'),
    half,
    g,
    mo('·'),
    W,
    g,
    mo('−'),
    b,
    mo('·'),
    g,
  ),
  10: formula(
    'E10(u) = a₁ [½ u·W u − L(W u + b)] + a₂ E4(W u + b) + ½ a₃ |r|²',
    apply(sub(E, mn('10')), u),
    mo('='),
    coefficient('a', 1),
    row(mo('['), half, u, mo('·'), W, u, mo('−'), apply(L, z), mo(']')),
    mo('+'),
    coefficient('a', 2),
    apply(e4, z),
    mo('+'),
    coefficient('a', 3),
    half,
    square,
  ),
  14: formula(
    'E14(y) = b₁ [½ (y − b)·W⁻¹(y − b) − L(y)] + b₂ E4(y) + ½ b₃ |r|²',
    apply(sub(E, mn('14')), y),
    mo('='),
    coefficient('b', 1),
    row(
      mo('['),
      half,
      group(y, mo('−'), b),
      mo('·'),
      sup(W, row(mo('−'), mn('1'))),
      group(y, mo('−'), b),
      mo('−'),
      apply(L, y),
      mo(']'),
    ),
    mo('+'),
    coefficient('b', 2),
    apply(e4, y),
    mo('+'),
    coefficient('b', 3),
    half,
    square,
  ),
};

/** Condition (11). */
export const CONDITION_11: Formula = formula(
  'sym(Mᵀ R) ≥ 0, with grad E = −M r   (11)',
  apply(mi('sym'), sup(M, mi('T')), R),
  mo('⪰'),
  mn('0'),
  mo(','),
  '<mspace width="1em"/>',
  mo('∇'),
  E,
  mo('='),
  mo('−'),
  M,
  r,
);

/** Condition (12) of eqs. 1 and 13, and of eq. 9. */
export const condition12 = (equation: number): Formula =>
  equation === 9
    ? formula('M (I − H W) > 0 at a fixed point   (12)', M, group(I, mo('−'), H, W), mo('≻'), mn('0'))
    : formula('M (I − W H) > 0 at a fixed point   (12)', M, group(I, mo('−'), W, H), mo('≻'), mn('0'));
