/** nft(8), and the kernel's rules as it prints them. */
import { runProgram } from '../../host/program';

/** Statements and expressions of libnftables-json(5). */
export type NftNode = Readonly<Record<string, unknown>>;

export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** This field and the next two are set for base chains only. */
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

/** The ruleset of this process's network namespace, without the contents of named sets, which can be large. */
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

/** Only the chains, which is faster if there are many rules. */
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
