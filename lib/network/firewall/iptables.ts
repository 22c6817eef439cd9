/**
 * Rules in the tables of iptables, in both of its variants (legacy and nft). All programs share its chains INPUT, FORWARD and
 * OUTPUT and add rules there, as libvirt and Docker do. The rules of tslxc have a comment, by which they are found
 * again.
 */
import { TslxcError } from '../../errors';
import type { IpFamily } from '../../domain/interface/ip-address';
import { runProgram } from '../../host/program';
import type { Hook, Need } from './needs';
import { nftFamily } from './rules';
import type { NftRuleset } from './nft';
import { readAttribute } from '../../host/node/attribute';

/** The table `filter` of one family. */
export interface FilterTable {
  readonly kind: 'nft' | 'legacy';
  readonly family: IpFamily;
  /** The output of iptables-save(8). */
  readonly text: string;
}

export interface Marked {
  /** The comment of the rules: letters, digits and underscores. */
  readonly mark: string;
  readonly needs: readonly Need[];
  /** The step that an error names. */
  readonly step: string;
}

const builtIn: Readonly<Record<Hook, string>> = {
  input: 'INPUT',
  forward: 'FORWARD',
  output: 'OUTPUT',
};

/** Docker's chain for the rules of other programs: it is evaluated first, and Docker does not change it. */
const dockersHook = 'DOCKER-USER';

/** The tables that exist. Reading them makes no table and loads no module. */
export async function filterTables(
  ruleset: Pick<NftRuleset, 'chains'>,
  step: string,
): Promise<FilterTable[]> {
  const tables: FilterTable[] = [];
  for (const family of ['ipv4', 'ipv6'] as const) {
    if (hasNftTable(ruleset, family)) tables.push(...(await saved('nft', family, step)));
    if (hasLegacyTable(family)) tables.push(...(await saved('legacy', family, step)));
  }
  return tables;
}

/** Replaces the rules with this mark by those for `needs`, in one transaction. */
export async function replaceMarked(
  table: FilterTable,
  { mark, needs, step }: Marked,
): Promise<void> {
  const changes = [...removals(table, mark), ...insertions(table, mark, needs)];
  if (changes.length === 0) return;
  await runProgram({
    program: programOf(table, 'restore'),
    package: 'iptables',
    args: ['--noflush', '--wait'],
    input: ['*filter', ...changes, 'COMMIT', ''].join('\n'),
    step,
  });
}

/** Whether its chains contain as many rules with this mark as `replaceMarked` would add. */
export function isMarkedFor(
  table: FilterTable,
  { mark, needs }: Pick<Marked, 'mark' | 'needs'>,
): boolean {
  const chainsOf = (rules: readonly string[]) => rules.map((rule) => rule.split(' ')[1]).sort();
  const found = chainsOf(lines(table).filter((line) => isMarked(line, mark)));
  return found.join(' ') === chainsOf(insertions(table, mark, needs)).join(' ');
}

function hasNftTable({ chains }: Pick<NftRuleset, 'chains'>, family: IpFamily): boolean {
  return chains.some(
    (chain) =>
      chain.family === nftFamily[family] &&
      chain.table === 'filter' &&
      chain.type === 'filter' &&
      Object.values(builtIn).includes(chain.name),
  );
}

function hasLegacyTable(family: IpFamily): boolean {
  const names = readAttribute(`/proc/net/${nftFamily[family]}_tables_names`) ?? '';
  return names.split('\n').includes('filter');
}

async function saved(
  kind: FilterTable['kind'],
  family: IpFamily,
  step: string,
): Promise<FilterTable[]> {
  const program = programOf({ kind, family }, 'save');
  try {
    const args = ['-t', 'filter'];
    const text = await runProgram({ program, package: 'iptables', args, step });
    // iptables-save does not show a table that nft has written and that iptables can't express.
    return text.includes('*filter') ? [{ kind, family, text }] : [];
  } catch (error) {
    // Without the program, other programs made the rules; they are checked as those of nftables.
    if (TslxcError.is(error, 'OPERATION_UNSUPPORTED')) return [];
    throw error;
  }
}

function programOf({ kind, family }: Omit<FilterTable, 'text'>, what: 'save' | 'restore'): string {
  return `${family === 'ipv4' ? 'iptables' : 'ip6tables'}-${kind}-${what}`;
}

function lines({ text }: FilterTable): string[] {
  return text.split('\n');
}

function removals(table: FilterTable, mark: string): string[] {
  return lines(table)
    .filter((line) => isMarked(line, mark))
    .map((line) => line.replace('-A', '-D'));
}

function isMarked(line: string, mark: string): boolean {
  const words = line.split(' ');
  const comment = words[words.indexOf('--comment') + 1];
  return words[0] === '-A' && (comment === mark || comment === `"${mark}"`);
}

function insertions(table: FilterTable, mark: string, needs: readonly Need[]): string[] {
  return needs
    .filter((need) => need.family === table.family && !isOpen(table, mark, need.hook))
    .map(
      (need) => `-I ${chainFor(table, need.hook)} ${matchWords(need)} ${markWords(mark)} -j ACCEPT`,
    )
    .reverse();
}

function markWords(mark: string): string {
  return `-m comment --comment ${mark}`;
}

/** Whether the chain has no rules and accepts everything. */
function isOpen(table: FilterTable, mark: string, hook: Hook): boolean {
  const chain = builtIn[hook];
  const isDropping = lines(table).some((line) => line.startsWith(`:${chain} DROP`));
  const hasRules = lines(table).some(
    (line) => line.startsWith(`-A ${chain} `) && !isMarked(line, mark),
  );
  return !isDropping && !hasRules;
}

function chainFor(table: FilterTable, hook: Hook): string {
  const asksDockersHook = lines(table).includes(`-A FORWARD -j ${dockersHook}`);
  return hook === 'forward' && asksDockersHook ? dockersHook : builtIn[hook];
}

/** Connection states of answers; also DNAT, for connections to a forwarded port of the host. */
const answers = 'RELATED,ESTABLISHED,DNAT';

/** A need in the syntax of iptables. */
function matchWords(need: Need): string {
  const { from, to, sourceNetwork, destinationNetwork, protocol, port, state } = need;
  return [
    ...(sourceNetwork === undefined ? [] : ['-s', sourceNetwork]),
    ...(destinationNetwork === undefined ? [] : ['-d', destinationNetwork]),
    ...(from === undefined ? [] : ['-i', from]),
    ...(to === undefined ? [] : ['-o', to]),
    ...(protocol === undefined ? [] : ['-p', protocol === 'icmpv6' ? 'ipv6-icmp' : protocol]),
    ...(port === undefined ? [] : ['-m', protocol ?? '', '--dport', String(port)]),
    ...(state === 'new' ? [] : ['-m', 'conntrack', '--ctstate', answers]),
  ].join(' ');
}
