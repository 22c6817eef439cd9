/**
 * What the chains of other programs do with a packet that a network needs. An `accept` verdict in one table does not
 * override the `drop` of another at the same hook, so all of them must accept the packet.
 *
 * Only a certain verdict counts as a drop: this code understands the rules that firewalls usually have, and a network
 * must not be refused because of a rule that it can't interpret.
 */
import type { Need } from './needs';
import type { NftChain, NftNode, NftRuleset } from './nft';
import { bothMatch, matchExpression, matchValue, type Match } from './nft-match';

type Verdict =
  | Readonly<{ kind: 'accept' | 'drop' | 'return' }>
  | Readonly<{ kind: 'jump' | 'goto'; target: string }>;

interface Question {
  readonly ruleset: NftRuleset;
  readonly need: Need;
}

/** A verdict of a rule, and whether it applies to the packet. */
interface Branch {
  readonly match: Match;
  readonly verdict: Verdict;
}

/** `accept` also stands for an unknown outcome. `next`: the caller's next rule, or the policy, decides. */
type Outcome = 'accept' | 'drop' | 'next';

/** The base chains that drop the packet. `isIgnored` says which chains to skip. */
export function droppingChains(
  ruleset: NftRuleset,
  need: Need,
  isIgnored: (chain: NftChain) => boolean,
): NftChain[] {
  const families = ['inet', need.family === 'ipv4' ? 'ip' : 'ip6'];
  return ruleset.chains.filter(
    (chain) =>
      chain.type === 'filter' &&
      chain.hook === need.hook &&
      families.includes(chain.family) &&
      !isIgnored(chain) &&
      drops({ ruleset, need }, chain),
  );
}

function drops(question: Question, chain: NftChain): boolean {
  const outcome = followChain(question, chain);
  return outcome === 'drop' || (outcome === 'next' && chain.policy === 'drop');
}

function followChain(question: Question, chain: NftChain): Outcome {
  // After a rule by which the packet may have left the chain, no drop is certain.
  let mayHaveLeft = false;
  const rules = question.ruleset.rules.filter(
    (rule) =>
      rule.family === chain.family && rule.table === chain.table && rule.chain === chain.name,
  );
  for (const branch of rules.flatMap(({ expr }) => readRule(expr, question.need))) {
    if (branch.match === 'no') continue;
    const outcome = followVerdict(question, chain, branch.verdict);
    if (outcome === 'accept') return 'accept';
    const isLeft = branch.verdict.kind === 'return' || branch.verdict.kind === 'goto';
    if (branch.match === 'maybe') mayHaveLeft ||= isLeft;
    else if (outcome === 'drop') return mayHaveLeft ? 'accept' : 'drop';
    else if (isLeft) return 'next';
  }
  return 'next';
}

function followVerdict(question: Question, { family, table }: NftChain, verdict: Verdict): Outcome {
  switch (verdict.kind) {
    case 'accept':
    case 'drop':
      return verdict.kind;
    case 'return':
      return 'next';
    case 'jump':
    case 'goto':
      return followChain(question, { family, table, name: verdict.target });
  }
}

/** Statements that neither test a packet nor give a verdict. */
const passive: ReadonlySet<string> = new Set([
  'counter',
  'log',
  'mangle',
  'notrack',
  'last',
  'ct helper',
  'ct timeout',
  'ct expectation',
]);

/** Statements after which no further rule of this hook is evaluated. */
const accepting: ReadonlySet<string> = new Set(['accept', 'queue', 'tproxy', 'synproxy']);

function readRule(statements: readonly NftNode[], need: Need): Branch[] {
  let match: Match = 'yes';
  for (const statement of statements) {
    const [key = '', value] = Object.entries(statement)[0] ?? [];
    if (passive.has(key)) continue;
    if (key === 'vmap') return readVerdictMap(value as NftNode, match, need);
    const verdict = readVerdict(key, value);
    if (verdict !== undefined) return [{ match, verdict }];
    match = bothMatch(match, key === 'match' ? matchExpression(value as NftNode, need) : 'maybe');
  }
  return [];
}

function readVerdict(key: string, value: unknown): Verdict | undefined {
  if (accepting.has(key)) return { kind: 'accept' };
  if (key === 'drop' || key === 'reject') return { kind: 'drop' };
  if (key === 'return') return { kind: 'return' };
  if (key !== 'jump' && key !== 'goto') return undefined;
  return { kind: key, target: (value as { target: string }).target };
}

function readVerdictMap({ key, data }: NftNode, match: Match, need: Need): Branch[] {
  const { set } = (typeof data === 'object' && data !== null ? data : {}) as { set?: unknown };
  // A named map: any verdict is possible.
  if (!Array.isArray(set)) return [{ match: 'maybe', verdict: { kind: 'accept' } }];
  return (set as [unknown, NftNode][]).flatMap(([value, result]) => {
    const [kind = '', detail] = Object.entries(result)[0] ?? [];
    const verdict = readVerdict(kind, detail);
    if (verdict === undefined) return [];
    return [{ match: bothMatch(match, matchValue(key as NftNode, value, need)), verdict }];
  });
}
