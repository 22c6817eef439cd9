/** Each comparison of an argument in the filter’s policy has a row in the document that says what the kernel compares. */
import { wholeFilesystem } from '../../../../lib/plan/security/filesystem-ioctls';
import { deniedCalls } from '../../../../lib/plan/security/seccomp-policy';
import type { ArgumentRule, DeniedCall } from '../../../../lib/plan/security/seccomp-policy';
import { readPage } from '../../../support/documents/blocks';

const hex = (value: number): string => `0x${value.toString(16)}`;
const listed = (values: readonly number[]): string => values.map(hex).join(', ');

/** What the document says of a rule. */
function comparison(rule: ArgumentRule): string {
  if ('denyBits' in rule) return `any of ${hex(rule.denyBits)}`;
  if ('needBits' in rule) return `none of ${hex(rule.needBits)}`;
  if ('allow' in rule) return `not ${listed(rule.allow)}`;
  const { deny, mask, from } = rule;
  const masked = mask === undefined ? '' : `with the mask ${hex(mask)}: `;
  return `${masked}${listed(deny)}${from === undefined ? '' : `, if the size is at least ${from >> 16}`}`;
}

const where = {
  'nsfs ignores types':
    '; only where the kernel takes another type (`lib/host/security/nsfs.ts` asks it)',
};

function rowOf(denied: DeniedCall): string[] {
  const { call, when } = denied;
  if (when === undefined) return [];
  const condition = denied.where === undefined ? '' : where[denied.where];
  return [`${call} | ${when.argument} | ${comparison(when)}${condition}`];
}

interface Row {
  readonly key: string;
  readonly kernel: string;
}

/** The rows of the table that begins with `call`. */
function documented(): Row[] {
  const lines = readPage('docs/internals/system-call-filter.md').split('\n');
  const begin = lines.findIndex((line) => line.startsWith('| call | argument |'));
  const end = lines.indexOf('', begin);
  return lines.slice(begin + 2, end).map((line) => {
    const [call, argument, , kernel = '', filter] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    return { key: `${call} | ${argument} | ${filter}`, kernel };
  });
}

test('each comparison has its row, in the order of the policy, and each row its comparison', () => {
  const compared = deniedCalls.flatMap(rowOf);
  expect(compared.length).toBeGreaterThan(8);
  expect(documented().map(({ key }) => key)).toEqual(compared);
});

test('each row says what the kernel compares', () => {
  for (const { key, kernel } of documented()) {
    expect([key, kernel]).toEqual([key, expect.stringMatching(/\bbits\b|\bnumber\b/)]);
  }
});

/** The names in the second cell of each row of the table of file systems. */
function deniedByTable(): string[] {
  const lines = readPage('docs/internals/system-call-filter.md').split('\n');
  const begin = lines.findIndex((line) => line.startsWith('| of | denied |'));
  const end = lines.indexOf('', begin);
  return lines
    .slice(begin + 2, end)
    .flatMap((line) => (line.split('|')[2] ?? '').trim().split(', '));
}

test('the table of file systems names each ioctl that is denied', () => {
  expect(deniedByTable().sort()).toEqual(Object.keys(wholeFilesystem).sort());
});
