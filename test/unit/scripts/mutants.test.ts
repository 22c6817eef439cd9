/** The faults that `npm run mutate` puts into a source: which, where, and which it leaves alone. */
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

interface Mutant {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly old: string;
  readonly new: string;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { mutantsOf, sample } = require(join(packageRoot, 'scripts/mutate/mutants.js')) as {
  mutantsOf: (source: string, language: 'C++' | 'TypeScript') => Mutant[];
  sample: <T>(mutants: readonly T[], choice: { most: number; seed: number }) => T[];
};

/** As `old → new`. */
function changes(source: string, language: 'C++' | 'TypeScript' = 'C++'): string[] {
  return mutantsOf(source, language).map((one) => `${one.old} → ${one.new}`);
}

test.each([
  ['a comparison', 'bool b = x < y;', ['< → <=']],
  ['an equality', 'bool b = x == y;', ['== → !=']],
  ['a conjunction', 'bool b = x && y;', ['&& → ||']],
  ['a sum', 'int n = x + y;', ['+ → -']],
  ['a number', "int n = 10'000u;", ["10'000u → 10001u", "10'000u → 9999u"]],
  ['zero', 'int n = 0;', ['0 → 1']],
  ['a truth', 'bool b = true;', ['true → false']],
  ['a step', 'auto n = ++x;', ['++ → --']],
  ['flags', 'auto f = O_RDONLY | O_CLOEXEC;', ['| → &']],
  ['a call', 'f(x);', ['f(x); → { if (false) f(x); }']],
  ['a call of a member', 'a.b->c(x);', ['a.b->c(x); → { if (false) a.b->c(x); }']],
  ['an assignment', 'a.b = x;', ['a.b = x; → { if (false) a.b = x; }']],
  ['a throw', 'throw Gone{};', ['throw Gone{}; → { if (false) throw Gone{}; }']],
  ['a result', 'return std::move(x);', ['std::move(x) → {}']],
  ['a result with braces', 'return Pair{x, y};', ['Pair{x, y} → {}']],
])('%s of C++ is changed', (_, source, expected) => {
  expect(changes(source)).toEqual(expected);
});

test('a condition is negated, unless that is what the other sign of its equality is', () => {
  expect(changes('if (x) return;')).toEqual(['(x) → (!(x))']);
  expect(changes('while (x.at(y)) g;')).toEqual(['(x.at(y)) → (!(x.at(y)))']);
  expect(changes('if (x == y) return;')).toEqual(['== → !=']);
});

test('a call is omitted where its condition is met, and no other statement takes its else', () => {
  expect(changes('if (x) f(); else g();')).toEqual([
    '(x) → (!(x))',
    'f(); → { if (false) f(); }',
    'g(); → { if (false) g(); }',
  ]);
});

test.each([
  ['brackets of templates', 'std::vector<std::pair<int, int>> x;'],
  ['references and pointers', 'void f(Fd&& a, const Fd& b, int* c);'],
  ['directives', '#include <a>\n  #define N \\\n  1 + 2\n'],
  ['comments', '// 1 + 2\n/* x == y */\n'],
  ['texts', 'auto t = "1 + 2" R"(x == "y")" \'1\';'],
  ['declarations', 'Guard guard(x);'],
  ['numbers that are no decimal ones', 'int x = 0600, y = 0x1f; double z = 1.5e-3;'],
  ['results that are nothing', 'return nullptr;'],
])('%s of C++ are left alone', (_, source) => {
  expect(changes(source)).toEqual([]);
});

test('TypeScript is changed alike, but for its types, texts and imports', () => {
  const source = `import { a } from './1 + 2';
type T = 1 | 2;
function f(x: number | string, y: Map<string, 3>): number {
  this.#g(x);
  await h();
  return x === 1_0 ? \`\${y}1 + 2\` : /1 + 2/;
}
`;
  expect(mutantsOf(source, 'TypeScript').map(({ line, old }) => `${line}: ${old}`)).toEqual([
    '4: this.#g(x);',
    '5: await h();',
    '6: x === 1_0 ? `${y}1 + 2` : /1 + 2/',
    '6: ===',
    '6: 1_0',
    '6: 1_0',
  ]);
  expect(changes(source, 'TypeScript').slice(-2)).toEqual(['1_0 → 11', '1_0 → 9']);
});

test('each says where it stands', () => {
  const source = 'int f() {\n  g();\n\n  return a < b;\n}\n';
  const found = mutantsOf(source, 'C++');
  expect(found.map(({ line }) => line)).toEqual([2, 4, 4]);
  for (const { start, end, old } of found) expect(source.slice(start, end)).toBe(old);
});

test('a choice is the same for its seed, in order, and no longer than asked for', () => {
  const all = Array.from({ length: 100 }, (_, index) => index);
  const chosen = sample(all, { most: 10, seed: 7 });
  expect(chosen).toHaveLength(10);
  expect([...chosen].sort((one, other) => one - other)).toEqual(chosen);
  expect(sample(all, { most: 10, seed: 7 })).toEqual(chosen);
  expect(sample(all, { most: 10, seed: 8 })).not.toEqual(chosen);
  expect(sample(all, { most: 200, seed: 7 })).toEqual(all);
});
