/** The rules of one network in tables that all programs share: only those with its own mark are counted and taken out. */
import { isMarkedFor, replaceMarked } from '../../../../lib/network/firewall/iptables';
import type { FilterTable } from '../../../../lib/network/firewall/iptables';
import type { Need } from '../../../../lib/network/firewall/needs';
import { runProgram } from '../../../../lib/host/program';

jest.mock('../../../../lib/host/program');
const run = jest.mocked(runProgram);

beforeEach(() => run.mockReset().mockResolvedValue(''));

/** As iptables-save prints it: with quotes or without, by its version. */
function rule(mark: string, bridge: string): string {
  return `-A INPUT -i ${bridge} -p udp -m udp --dport 53 -m comment --comment ${mark} -j ACCEPT`;
}

function table(...rules: readonly string[]): FilterTable {
  const text = ['*filter', ':INPUT DROP [0:0]', ...rules, 'COMMIT', ''].join('\n');
  return { kind: 'nft', family: 'ipv4', text };
}

const mark = 'tslxc_virbr1';
const need: Need = {
  hook: 'input',
  family: 'ipv4',
  from: 'virbr1',
  protocol: 'udp',
  port: 53,
  state: 'new',
  what: 'DNS queries',
};
const own = rule(mark, 'virbr1');
const longer = rule('tslxc_virbr10', 'virbr10');
const quoted = rule('"tslxc_virbr1"', 'virbr1');

/** Changes that are asked of iptables-restore. */
function changes(): string[] {
  return run.mock.calls.flatMap(([{ input = '' }]) => input.split('\n').slice(1, -2));
}

test('the rules of a network are taken out, and none of a bridge whose name begins so', async () => {
  await replaceMarked(table(longer, own, quoted), { mark, needs: [], step: 'close' });
  expect(changes()).toEqual([own.replace('-A', '-D'), quoted.replace('-A', '-D')]);
  run.mockClear();
  await replaceMarked(table(own), { mark: 'tslxc_virbr10', needs: [], step: 'close' });
  expect(run).not.toHaveBeenCalled();
});

test('nor is a rule of another program that says the mark in another place', async () => {
  const other = `-A INPUT -m comment --comment other -m string --string ${mark} -j DROP`;
  await replaceMarked(table(other), { mark, needs: [], step: 'close' });
  expect(run).not.toHaveBeenCalled();
});

test('what a network needs is counted by its own rules', () => {
  expect(isMarkedFor(table(own), { mark, needs: [need] })).toBe(true);
  expect(isMarkedFor(table(longer), { mark, needs: [need] })).toBe(false);
  expect(isMarkedFor(table(longer), { mark, needs: [] })).toBe(true);
  expect(isMarkedFor(table(own), { mark, needs: [] })).toBe(false);
});
