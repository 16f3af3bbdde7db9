/**
 * A view of WGSL fragments as a table of declarations: who uses whom. It serves three ends: only what an entry
 * point reaches is handed to the compiler, a line of the result is traced back to its fragment, and the slots
 * that a workspace kernel takes are counted from its text (WGSL has no recursion, and our fragments take no
 * slot inside a loop).
 *
 * It relies on the house rule for shaders/: every top-level declaration starts in column 0 and ends with a
 * line that is `}` or that starts in column 0 and ends with `;`.
 */

/** A piece of WGSL with the name that errors call it by. */
export interface Fragment {
  readonly name: string;
  readonly code: string;
}

export interface Linked {
  readonly code: string;
  /** `fragment:line` of a 1-based line of `code`. */
  readonly where: (line: number) => string;
}

interface Declaration {
  readonly name: string;
  readonly lines: readonly string[];
  /** Names that occur in it. */
  readonly uses: ReadonlySet<string>;
  readonly fragment: string;
  readonly line: number;
}

const NAME = /^(?:fn|struct|const|alias|(?:@\w+(?:\([^)]*\))? ?)*var(?:<[^>]*>)?)\s+(\w+)/;
const IDENTIFIER = /[A-Za-z_]\w*/g;

const isEnd = (line: string) => line === '}' || (/^\S.*;$/.test(line) && !line.startsWith('//'));
// A declaration that fits one line may end in a comment.
const withoutComment = (line: string) => (line.includes('//') ? line.replace(/\s*\/\/.*$/, '') : line);

const parsed = new WeakMap<Fragment, readonly Declaration[]>();

/** The declarations of a fragment, looked for once: a page composes two kernels for every picture of a drag. */
function declarations(fragment: Fragment): readonly Declaration[] {
  const known = parsed.get(fragment);
  if (known) return known;
  const found = parse(fragment);
  parsed.set(fragment, found);
  return found;
}

function parse({ name: fragment, code }: Fragment): Declaration[] {
  const result: Declaration[] = [];
  let lines: string[] = [];
  let first = 0;
  code.split('\n').forEach((line, i) => {
    if (lines.length === 0) {
      if (line.trim() === '' || line.startsWith('//')) return;
      first = i + 1;
    }
    lines.push(line);
    if (!isEnd(withoutComment(line))) return;
    const text = lines.map(withoutComment).join('\n');
    const name = NAME.exec(text.replace(/^@[^\n]*\n/, ''))?.[1];
    if (name === undefined)
      throw new SyntaxError(`${fragment}:${String(first)}: not a declaration: ${lines[0]}`);
    result.push({ name, lines, uses: new Set(text.match(IDENTIFIER)), fragment, line: first });
    lines = [];
  });
  if (lines.length > 0) throw new SyntaxError(`${fragment}:${String(first)}: unfinished: ${lines[0]}`);
  return result;
}

/** The declarations that `entry` reaches, in their order; a name defined twice is an error with both places. */
export function link(fragments: readonly Fragment[], entry: string): Linked {
  const all = fragments.flatMap(declarations);
  const byName = new Map<string, Declaration>();
  for (const d of all) {
    const other = byName.get(d.name);
    if (other)
      throw new SyntaxError(
        `'${d.name}' is defined in ${other.fragment}:${String(other.line)} and ${d.fragment}:${String(d.line)}`,
      );
    byName.set(d.name, d);
  }
  const kept = new Set<Declaration>();
  const visit = (name: string) => {
    const declaration = byName.get(name);
    if (declaration === undefined || kept.has(declaration)) return;
    kept.add(declaration);
    declaration.uses.forEach(visit);
  };
  visit(entry);
  const ordered = all.filter((d) => kept.has(d));
  const places = ordered.flatMap((d) => d.lines.map((_, i) => `${d.fragment}:${String(d.line + i)}`));
  return {
    code: ordered.flatMap((d) => d.lines).join('\n') + '\n',
    where: (line) => places[line - 1] ?? `composed:${String(line)}`,
  };
}

/** How often `entry` calls `callee`, directly or through other functions. */
export function countCalls(code: string, entry: string, callee: string): number {
  const bodies = new Map(declarations({ name: 'composed', code }).map((d) => [d.name, d]));
  const memo = new Map<string, number>([[callee, 1]]);
  const count = (name: string): number => {
    const known = memo.get(name);
    if (known !== undefined) return known;
    const text = bodies.get(name)?.lines.map(withoutComment).join('\n') ?? '';
    // Only what follows the opening brace is called; the signature merely names the function itself.
    const calls = text.slice(text.indexOf('{') + 1).matchAll(/\b([A-Za-z_]\w*)\(/g);
    const total = text.includes('fn ') ? [...calls].reduce((sum, [, called]) => sum + count(called), 0) : 0;
    memo.set(name, total);
    return total;
  };
  return count(entry);
}
