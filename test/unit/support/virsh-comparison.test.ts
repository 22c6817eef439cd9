/** How the answers of two daemons to virsh are compared in test/parity, and that what is known to differ is what the walks show. */
import { knownOfLines } from '../../parity/drawn/known-lines';
import { Comparison } from '../../parity/virsh/comparison';
import { documentsOn } from '../../parity/virsh/documents';
import { domainWalks } from '../../parity/virsh/domain-walks';
import { otherWalks } from '../../parity/virsh/other-walks';
import { saidLines, transcript } from '../../parity/virsh/said';
import { sessions } from '../../parity/virsh/seed';
import { askedLine } from '../../parity/virsh/walk';
import { readPage } from '../../support/documents/blocks';

const walks = [...domainWalks, ...otherWalks];
const linesOf = walks.map(({ lines }) => lines.map((line) => askedLine(line).line));

test('each document that a line names is there, but the one that is nowhere', () => {
  const named = linesOf.flat().flatMap((line) => line.match(/@[\w.-]+/g) ?? []);
  const there = Object.keys(documentsOn('/tree')).map((name) => `@${name}`);
  const missing = new Set(named.filter((name) => !there.includes(name)));
  expect([...missing]).toEqual(['@nowhere.xml']);
  expect(there.filter((name) => !named.includes(name))).toEqual([]);
});

test('each known difference is about a line of its walk, and the pages have what they are said to', () => {
  const nowhere = walks.flatMap(({ known }, at) =>
    known.filter(({ lines }) => linesOf[at]?.some((line) => lines.test(line)) !== true),
  );
  expect(nowhere).toEqual([]);
  const pages = ['docs/differences-from-libvirt.md', 'docs/libvirt-clients.md']
    .map((page) => readPage(page).replace(/\s+/g, ' '))
    .join(' ');
  const known = [...[...walks, ...sessions].flatMap((one) => one.known), ...knownOfLines];
  const unsaid = known.map(({ documented = '' }) => documented);
  expect(unsaid.filter((words) => !pages.includes(words))).toEqual([]);
});

describe('a comparison', () => {
  const paint = { id: 'paint', lines: /^dry /, says: /^out paint /, reason: 'it can be touched' };
  const theirs = ['exit 0', 'out paint wet'];
  const ours = ['exit 0', 'out paint dry'];

  test('passes over what is known', () => {
    const comparison = new Comparison([paint]);
    expect(comparison.stale()).toEqual(['paint']);
    comparison.add('dry wall', { theirs, ours });
    comparison.add('wet wall', { theirs, ours: theirs });
    expect([comparison.mismatches(), comparison.stale()]).toEqual([[], []]);
  });

  test('tells of anything else, with all that both have said', () => {
    const comparison = new Comparison([paint]);
    comparison.add('wet wall', { theirs, ours });
    comparison.add('dry wall', { theirs, ours: ['exit 1', ...ours.slice(1)] });
    expect(comparison.mismatches()).toEqual([
      'virsh wet wall\n  - out paint wet\n  + out paint dry\n' +
        '  | with libvirt  | here\n  | exit 0        | exit 0\n  | out paint wet | out paint dry',
      'virsh dry wall\n  - exit 0\n  + exit 1\n' +
        '  | with libvirt  | here\n  | exit 0        | exit 1\n  | out paint wet | out paint dry',
    ]);
  });
});

test.each([
  ['list', ' 4711   web    running', ' ID  web  running'],
  ['list --all', ' -      web    shut off', ' -  web  shut off'],
  ['list --id', '4711', 'ID'],
  ['domid web', '4711', 'ID'],
  ['domid web', '-', '-'],
  ['dominfo web', 'Id:             4711', 'Id:             ID'],
  ['dominfo web', 'Used memory:    1024 KiB', 'Used memory: N KiB'],
  ['dominfo web', 'Max memory:     1024 KiB', 'Max memory:     1024 KiB'],
  ['dommemstat web', 'actual 1024', 'actual 1024'],
  ['dommemstat web', 'rss 1024', 'rss N'],
  ['cpu-stats web', '\tcpu_time             0.012345678 seconds', '\tcpu_time N seconds'],
  ['dumpxml web', "<domain type='lxc' id='4711'>", "<domain type='lxc' id='ID'>"],
  ['dumpxml web', '<emulator>/a/b</emulator>', '<emulator>EMULATOR</emulator>'],
  ['dumpxml web', "<target dev='vnet1000'/>", "<target dev='vnetN'/>"],
  ['dumpxml web', "<mac address='52:54:00:00:00:01'/>", "<mac address='52:54:00:00:00:01'/>"],
  ['dumpxml web', "<mac address='52:54:00:00:00:02'/>", "<mac address='MAC'/>"],
  ['domuuid web', '11111111-2222-4333-8444-555555555555', 'UUID'],
  ['ttyconsole web', '/dev/pts/12', '/dev/pts/N'],
])('of %s, "%s" is compared as "%s"', (line, text, plain) => {
  expect(saidLines(line, `${text}\n`, "<mac address='52:54:00:00:00:01'/>")).toEqual([plain]);
});

test('whether the host has a uuid is not compared', () => {
  const lines = ['  <host>', '    <uuid>11111111-2222-4333-8444-555555555555</uuid>', '    <cpu>'];
  const text = `${lines.join('\n')}\n`;
  expect(saidLines('capabilities', text, '')).toEqual(['  <host>', '    <cpu>']);
  expect(saidLines('dumpxml web', text, '')).toHaveLength(3);
});

test('where a line comes from is compared, and each empty one', () => {
  const said = { code: 1, signal: null, stdout: '\n\n', stderr: 'error: no\n' };
  expect(transcript('start web', said, '')).toEqual(['exit 1', 'out ', 'out ', 'err error: no']);
});
