/** nft(8), and what it tells of the rules that the kernel has. */
import { runProgram } from '../../host/program';

/** Statements and expressions, as libnftables-json(5) has them. */
export type NftNode = Readonly<Record<string, unknown>>;

export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** The next three are of base chains only. */
  readonly type?: string;
  readonly hook?: string;
  readonly policy?: string;
}

export interface NftRule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly expr: readonly NftNode[];
}

export interface NftRuleset {
  readonly chains: readonly NftChain[];
  readonly rules: readonly NftRule[];
}

/** Loads a text as one transaction: all of it, or nothing. */
export async function loadNft(text: string, step: string): Promise<void> {
  await runProgram({ program: 'nft', package: 'nftables', args: ['-f', '-'], input: text, step });
}

/** What there is in the own network namespace. The contents of named sets, which can be large, are left out. */
export async function listNftRuleset(step: string): Promise<NftRuleset> {
  const text = await runProgram({
    program: 'nft',
    package: 'nftables',
    args: ['--json', '--terse', 'list', 'ruleset'],
    step,
  });
  const nodes = nodesOf(text);
  return {
    chains: chainsOf(nodes),
    rules: nodes.flatMap(({ rule }) => (rule === undefined ? [] : [rule as NftRule])),
  };
}

/** The chains alone, which costs less where there are many rules. */
export async function listNftChains(step: string): Promise<NftChain[]> {
  const args = ['--json', 'list', 'chains'];
  return chainsOf(nodesOf(await runProgram({ program: 'nft', package: 'nftables', args, step })));
}

function nodesOf(text: string): readonly NftNode[] {
  return (JSON.parse(text) as { nftables: readonly NftNode[] }).nftables;
}

function chainsOf(nodes: readonly NftNode[]): NftChain[] {
  return nodes.flatMap(({ chain }) => (chain === undefined ? [] : [chain as NftChain]));
}
